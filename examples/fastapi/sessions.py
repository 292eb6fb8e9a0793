"""Sessions and their refresh tokens. One sign-in is one session is one family of refresh tokens; it ends as a whole."""

import hashlib
import secrets

from sqlalchemy import Engine, delete, update
from sqlmodel import Session, select

from config import Settings
from db import RefreshToken, SignIn, User, now


def fingerprint(token: str) -> str:
    # The token is 256 random bits: a plain hash cannot be guessed backwards.
    return hashlib.sha256(token.encode()).hexdigest()


def start(engine: Engine, settings: Settings, user: User) -> tuple[str, str] | None:
    """Session id and refresh token; nothing if the password was changed since it was verified."""
    with Session(engine) as db:
        same = (User.id == user.id) & (User.password_hash == user.password_hash)
        # Writes nothing new: it holds the row until the session is there too.
        if db.exec(update(User).where(same).values(email=User.email)).rowcount != 1:
            return None
        db.exec(delete(SignIn).where(SignIn.user_id == user.id, SignIn.ends_at <= now()))
        sign_in = SignIn(user_id=user.id, ends_at=now() + settings.session_seconds)
        db.add(sign_in)
        db.flush()
        token = add_refresh(db, settings, sign_in)
        session_id = sign_in.id
        db.commit()
        return session_id, token


def add_refresh(db: Session, settings: Settings, sign_in: SignIn) -> str:
    token = secrets.token_urlsafe(32)
    expires_at = min(now() + settings.refresh_seconds, sign_in.ends_at)
    db.add(RefreshToken(fingerprint=fingerprint(token), session_id=sign_in.id, expires_at=expires_at))
    return token


def rotate(engine: Engine, settings: Settings, token: str) -> tuple[User, str, str] | None:
    """User, session id and next refresh token. A token that comes twice ends its session: one of the two is a thief."""
    with Session(engine, expire_on_commit=False) as db:
        unused = (RefreshToken.fingerprint == fingerprint(token)) & RefreshToken.used_at.is_(None)
        fresh = db.exec(update(RefreshToken).where(unused).values(used_at=now())).rowcount == 1
        found = db.exec(
            select(RefreshToken, SignIn, User)
            .join(SignIn, SignIn.id == RefreshToken.session_id)
            .join(User, User.id == SignIn.user_id)
            .where(RefreshToken.fingerprint == fingerprint(token))
        ).first()
        if not found:
            return None
        row, sign_in, user = found
        if not fresh:
            db.exec(delete(SignIn).where(SignIn.id == sign_in.id))
            db.commit()
            return None
        if row.expires_at <= now() or sign_in.ends_at <= now():
            return None
        following = add_refresh(db, settings, sign_in)
        db.commit()
        return user, sign_in.id, following


def standing(engine: Engine, user_id: str, session_id: str) -> User | None:
    """The user, if this session of theirs has not ended."""
    with Session(engine) as db:
        return db.exec(
            select(User)
            .join(SignIn, SignIn.user_id == User.id)
            .where(User.id == user_id, SignIn.id == session_id, SignIn.ends_at > now())
        ).first()


def listed(engine: Engine, user_id: str) -> list[SignIn]:
    with Session(engine) as db:
        mine = (SignIn.user_id == user_id) & (SignIn.ends_at > now())
        return list(db.exec(select(SignIn).where(mine).order_by(SignIn.created_at.desc(), SignIn.id).limit(100)))


def end(engine: Engine, user_id: str, session_id: str) -> bool:
    with Session(engine) as db:
        ended = db.exec(delete(SignIn).where(SignIn.id == session_id, SignIn.user_id == user_id)).rowcount
        db.commit()
        return ended == 1
