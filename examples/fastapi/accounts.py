"""Who exists, under which address, with which password hash."""

from sqlalchemy import Engine, delete, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from addresses import normalised
from db import SignIn, User
from problems import Problem


def create(engine: Engine, email: str, name: str, password_hash: str) -> User:
    user = User(email=email, name=name, password_hash=password_hash)
    with Session(engine, expire_on_commit=False) as db:
        db.add(user)
        try:
            db.commit()
        except IntegrityError:
            # The table decides: of two registrations at once only one can win.
            raise Problem(409, "email-taken", "There is an account with this e-mail address.") from None
        return user


def by_email(engine: Engine, raw: str) -> User | None:
    try:
        email = normalised(raw)
    except ValueError:
        return None
    with Session(engine) as db:
        return db.exec(select(User).where(User.email == email)).first()


def change_password(engine: Engine, user: User, password_hash: str) -> User:
    """Ends every session too: a thief who knew the old password is out."""
    with Session(engine) as db:
        db.exec(update(User).where(User.id == user.id).values(password_hash=password_hash))
        db.exec(delete(SignIn).where(SignIn.user_id == user.id))
        db.commit()
    return User(**{**user.model_dump(), "password_hash": password_hash})


def remove(engine: Engine, user: User) -> None:
    """Sessions, refresh tokens and tasks go with it (ON DELETE CASCADE)."""
    with Session(engine) as db:
        db.exec(delete(User).where(User.id == user.id))
        db.commit()
