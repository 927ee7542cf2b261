"""Signing in and out, and how a session ends."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from people import PASSWORD, Cast, Person
from sqlalchemy import select, update

from app import create_app
from app.kit import clock
from app.kit.db import db, transaction
from app.staff import people, signin
from app.staff.signin import SignInAttempt, StaffSession
from app.staff.users import User


def _is_in(person: Person) -> bool:
    return person.client.get("/home").status_code == 200


def test_the_right_password_opens_the_first_page_of_the_day(cast: Cast) -> None:
    page = cast.malee.send("/sign-in", sign_in_name="malee", password=PASSWORD)
    assert "งานของฉัน" in page.words
    assert "มาลี" in page.words
