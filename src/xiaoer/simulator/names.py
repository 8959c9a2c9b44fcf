"""Invented names: firms as 地名+字号+行业+组织形式, people as surname and given name."""

import numpy as np

from xiaoer.simulator.draws import Array, Ints, choose

LUCKY = list(
    "鑫源恒泰盛达华兴隆瑞祥和润丰德诚信合顺宏伟昌永康佳美金银辉腾飞龙凤凯嘉益民众联创新博远航天地正大同心聚汇富贵春江汉楚荆襄中原锦绣安平福禄"
)
SURNAMES = list(
    "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤"
)
GIVEN = list(
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国志文斌波辉玲莉鹏飞宇浩然子轩雨欣怡晨峰梅凤海龙春燕丹萍俊峻林彬晓东小云佳琪思远立新永康德胜家豪"
)
COMPANY = ["有限公司", "有限责任公司", "股份有限公司"]
FARM = "专业合作社"
SHOP = ["商行", "经营部", "店", "中心", "工作室"]


def firm_names(
    rng: np.random.Generator, kind: Array, place: Array, district: Array, word: Array, farming: Array
) -> Array:
    """Different names for as many firms as `kind` holds; an owner's is a trade description."""
    count = len(kind)
    signs = _signs(rng, count)
    form = np.array(COMPANY, dtype=object)[choose(rng, [0.8, 0.18, 0.02], count)]
    form = np.where(farming & (rng.random(count) < 0.45), FARM, form)
    shop = np.array(SHOP, dtype=object)[choose(rng, [3, 4, 4, 1, 1], count)]
    names = np.where(
        kind == "enterprise", place + signs + word + form, place + district + "区" + signs + word + shop
    )
    return _different(rng, names, kind, place + district + word)


def _signs(rng: np.random.Generator, count: int) -> Array:
    lucky = np.array(LUCKY, dtype=object)
    drawn = lucky[rng.integers(0, len(lucky), (3, count))]
    third = np.where(rng.random(count) < 0.25, drawn[2], "")
    return drawn[0] + drawn[1] + third


def _different(rng: np.random.Generator, names: Array, kind: Array, trade: Array) -> Array:
    """Owners have no registered name; a repeated name gets one more sign until none repeats."""
    names = np.where(kind == "owner", "个人经营（" + trade + "）", names)
    while len(repeated := _repeated(names)):
        lucky = np.array(LUCKY, dtype=object)[rng.integers(0, len(LUCKY), len(repeated))]
        names[repeated] = [
            name[:2] + sign + name[2:] for name, sign in zip(names[repeated], lucky, strict=True)
        ]
    return names


def _repeated(names: Array) -> Ints:
    _, first = np.unique(names.astype(str), return_index=True)
    return np.setdiff1d(np.arange(len(names)), first)


def person_names(rng: np.random.Generator, count: int) -> Array:
    """Names of people; they may repeat, as in life."""
    surname = np.array(SURNAMES, dtype=object)[choose(rng, 1 / np.arange(2.0, len(SURNAMES) + 2), count)]
    given = np.array(GIVEN, dtype=object)[rng.integers(0, len(GIVEN), (2, count))]
    return surname + given[0] + np.where(rng.random(count) < 0.62, given[1], "")


def phone_numbers(rng: np.random.Generator, count: int) -> Array:
    """Eleven digits beginning with 120, which no mobile network gives out."""
    return np.array([f"120{number:08d}" for number in rng.integers(0, 10**8, count).tolist()], dtype=object)
