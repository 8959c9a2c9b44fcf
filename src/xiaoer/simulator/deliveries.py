"""Files of registers and of all that is delivered once: who takes part, not what happens each month."""

import numpy as np
import polars as pl

from xiaoer.simulator import catalogue, curves, dossiers, notes, persons, registers
from xiaoer.simulator.draws import Array, Flags
from xiaoer.simulator.files import Delivery
from xiaoer.simulator.organisation import keepers_on
from xiaoer.simulator.slips import mistype
from xiaoer.simulator.terms import Month
from xiaoer.simulator.world import Running, World

IDLE_MONTHS = 6


def deliver_registers(
    world: World, running: Running, month: Month, lent: pl.DataFrame, delivery: Delivery
) -> None:
    """Snapshots of customers, portfolios, accounts, holdings, branches and lines."""
    day, firms = month.last, world.firms
    idle = _idle(running)
    defaulted, borrowed = np.zeros(len(firms), dtype=bool), np.zeros(len(firms), dtype=bool)
    defaulted[world.loans.notes.filter(pl.col("defaulted") <= day)["i"].to_numpy()] = True
    borrowed[world.loans.notes.filter(pl.col("drawn") <= day)["i"].to_numpy()] = True
    keepers = keepers_on(world.bank, world.manager, np.datetime64(day))
    customers = registers.customer_file(
        world.plan, firms, borrowed, defaulted, idle, world.setting.folk.consent, day
    )
    running.dirt.deliver(delivery, month, "customers", customers)
    delivery.write("assignments", registers.assignment_file(firms, world.bank, world.manager, day), day)
    delivery.write("accounts", registers.account_file(world.accounts, idle, day), day)
    uses = np.sum(running.uses[-12:], axis=0)
    delivery.write(
        "holdings",
        catalogue.holding_file(
            world.plan,
            catalogue.shelf_on(world.life.since, world.loans, day),
            firms,
            uses,
            _sellers(keepers),
            day,
            owing=catalogue.owing_on(lent, len(firms)),
            paid_off=catalogue.paid_off_on(world.loans, len(firms), day),
        ),
        day,
    )
    branches = running.dirt.note_names(delivery, registers.branch_file(world.bank, day))
    delivery.write("branches", branches, day)
    delivery.write("credit_lines", notes.line_file(world.plan, world.loans, firms, lent, day), day)


def _idle(running: Running) -> Flags:
    """Firms without a payment of their own in six months; fees alone do not count as much."""
    recent = running.uses[-IDLE_MONTHS:]
    return np.sum(recent, axis=0) <= len(recent)


def _sellers(keepers: Array) -> Array:
    return np.where(keepers == "", None, keepers)


def deliver_standing(world: World, running: Running, delivery: Delivery) -> None:
    """Files delivered once, on the last day."""
    plan, firms, loans, day = world.plan, world.firms, world.loans, world.plan.end
    keepers = _sellers(keepers_on(world.bank, world.manager, np.datetime64(day)))
    officers = world.bank.risk_officers
    clerk = str(world.bank.posts.filter(post="after_sales_manager")["staff_id"][0])
    guarantees = persons.guarantee_file(plan, firms, loans, world.owner)
    collateral = dossiers.collateral_file(plan, firms, loans, world.owner)
    applications = dossiers.application_file(world, keepers, officers)
    once = {
        "staff": world.bank.staff,
        "posts": world.bank.posts,
        "people": mistype(plan, "people", persons.people_file(plan, firms, world.owner), running.dirt.counts),
        "person_roles": persons.roles_file(plan, firms, world.owner),
        "relationships": persons.relationship_file(plan, firms, world.owner, guarantees),
        "products": catalogue.product_file(),
        "counterparties": world.parties,
        "loan_contracts": notes.contract_file(plan, loans, firms, keepers, officers),
        "schedules": notes.schedule_file(plan, loans),
        "collateral": collateral,
        "guarantees": guarantees,
        "applications": applications,
        "documents": dossiers.document_file(plan, applications, clerk),
        "rate_curves": curves.rate_curves(),
        "cost_curves": curves.cost_curves(),
        "loss_curves": curves.loss_curves(),
    }
    for name, frame in once.items():
        delivery.write(name, frame, day)
    for month in world.months:
        delivery.write("valuations", dossiers.valuations_of(plan, month, collateral), month.last)
