"""Ways to sign in, made by the owner of the database."""

from xiaoer.branches.models import Account


def make_account(staff_id: str, *, password: str, username: str = "", using: str = "owner") -> Account:
    """Create the account of a member of staff, or give the existing one this password."""
    name = (username or staff_id).lower()
    account = Account.objects.using(using).filter(username=name).first() or Account(username=name)
    account.staff_id, account.is_active = staff_id, True
    account.set_password(password)
    account.save(using=using)
    return account
