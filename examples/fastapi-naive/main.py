"""A FastAPI backend with the mistakes that people make. Never deploy it; the README names each.

Starts with `uvicorn main:app --port 8000`.
"""

import os
import time
import traceback
import unicodedata
import uuid
from contextlib import asynccontextmanager

import jwt
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, SQLModel, create_engine, select
from starlette.middleware.cors import CORSMiddleware

SECRET = os.environ["BETTER_AUTH_SECRET"]
DAY = 86_400


def driver(url: str) -> str:
    for plain, full in (("postgresql://", "postgresql+psycopg://"), ("mysql://", "mysql+pymysql://")):
        if url.startswith(plain):
            return full + url.removeprefix(plain)
    return url


engine = create_engine(driver(os.environ.get("DATABASE_URL", "sqlite:///./naive.db")))
hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def new_id() -> str:
    return str(uuid.uuid4())


class User(SQLModel, table=True):
    __tablename__ = "users"
    id: str = Field(default_factory=new_id, primary_key=True, max_length=36)
    email: str = Field(unique=True, max_length=500)
    name: str = Field(default="", max_length=200)
    password_hash: str = Field(max_length=255)


class Task(SQLModel, table=True):
    __tablename__ = "tasks"
    id: str = Field(default_factory=new_id, primary_key=True, max_length=36)
    user_id: str = Field(index=True, max_length=255)
    title: str = Field(max_length=1000)
    description: str = Field(default="", max_length=5000)
    completed: bool = False


@asynccontextmanager
async def lifespan(_: FastAPI):
    SQLModel.metadata.create_all(engine)
    yield


app = FastAPI(lifespan=lifespan)
# Mistake: with credentials, a wildcard becomes every origin that asks.
app.add_middleware(
    CORSMiddleware, allow_origins=["*"], allow_credentials=True, allow_methods=["*"], allow_headers=["*"]
)
bearer = HTTPBearer()


@app.exception_handler(RequestValidationError)
async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
    # FastAPI's own answer repeats the input, and JSON cannot write every input again.
    return JSONResponse({"detail": [{"loc": e["loc"], "msg": e["msg"]} for e in error.errors()]}, 422)


class Credentials(BaseModel):
    # Mistake: any text is an e-mail address, and any text is a password.
    email: str
    password: str
    name: str = ""


class Refresh(BaseModel):
    refresh_token: str


class PasswordChange(BaseModel):
    current_password: str
    new_password: str


class TaskIn(BaseModel):
    title: str
    description: str = ""
    completed: bool = False
    # Mistake: the owner is whom the body names.
    user_id: str | None = None


class TaskPatch(BaseModel):
    title: str | None = None
    description: str | None = None
    completed: bool | None = None
    user_id: str | None = None


def token(user: User, kind: str, seconds: int) -> str:
    now = int(time.time())
    claims = {"sub": user.id, "type": kind, "iat": now, "exp": now + seconds, "jti": new_id()}
    return jwt.encode(claims, SECRET, "HS256")


def decode(text: str, kind: str) -> User:
    try:
        # Mistake: the expiry is not looked at, nor asked for.
        claims = jwt.decode(text, SECRET, algorithms=["HS256"], options={"verify_exp": False, "require": ["sub"]})
    except Exception:
        # Mistake: helps the developer, and everybody else; and no header says which credential is wanted.
        raise HTTPException(401, f"Invalid token\n{traceback.format_exc()}") from None
    with Session(engine) as db:
        user = db.get(User, claims["sub"])
    if not user or claims.get("type") != kind:
        raise HTTPException(401, "Invalid token")
    return user


def me(sent: HTTPAuthorizationCredentials = Depends(bearer)) -> User:
    return decode(sent.credentials, "access")


def grant(user: User, refresh_token: str | None = None) -> dict:
    return {
        "user": {"id": user.id, "email": user.email, "name": user.name},
        # Mistake: good for a day, and nothing can end it.
        "access_token": token(user, "access", DAY),
        "token_type": "bearer",
        "expires_in": DAY,
        "refresh_token": refresh_token or token(user, "refresh", 30 * DAY),
    }


def spelling(email: str) -> str:
    # By way of upper case, which takes the dotless i for an i.
    return unicodedata.normalize("NFKC", email).strip().upper().lower()


@app.post("/api/auth/register", status_code=201)
def register(body: Credentials) -> dict:
    user = User(email=spelling(body.email), name=body.name, password_hash=hasher.hash(body.password))
    with Session(engine, expire_on_commit=False) as db:
        db.add(user)
        try:
            db.commit()
        except IntegrityError:
            raise HTTPException(409, "E-mail address is taken") from None
    # Mistake: what came in and the whole row go out, the password and its hash with them.
    return {**grant(user), "user": {**body.model_dump(), **user.model_dump()}}


# Mistake: no limit, so passwords can be guessed as fast as they are hashed.
@app.post("/api/auth/login")
def login(body: Credentials) -> dict:
    with Session(engine) as db:
        user = db.exec(select(User).where(User.email == spelling(body.email))).first()
    if not user:
        # Mistake: tells who has an account, by the words and by the time.
        raise HTTPException(404, "No such user")
    check(user, body.password, "Wrong password")
    return grant(user)


def check(user: User, password: str, words: str) -> None:
    try:
        hasher.verify(user.password_hash, password)
    except VerifyMismatchError:
        raise HTTPException(401, words) from None


@app.post("/api/auth/refresh")
def refresh(body: Refresh) -> dict:
    # Mistake: the same refresh token again, until it ends.
    return grant(decode(body.refresh_token, "refresh"), body.refresh_token)


@app.post("/api/auth/logout", status_code=204)
def logout(_: User = Depends(me)) -> None:
    """Mistake: does nothing; the client is expected to forget its tokens."""


@app.get("/api/auth/me")
def who(user: User = Depends(me)) -> dict:
    return {"id": user.id, "email": user.email, "name": user.name}


@app.post("/api/auth/password")
def change_password(body: PasswordChange, user: User = Depends(me)) -> dict:
    check(user, body.current_password, "Wrong password")
    user.password_hash = hasher.hash(body.new_password)
    with Session(engine, expire_on_commit=False) as db:
        db.add(user)
        db.commit()
    return grant(user)


@app.delete("/api/auth/me", status_code=204)
def delete_account(user: User = Depends(me)) -> None:
    with Session(engine) as db:
        for task in db.exec(select(Task).where(Task.user_id == user.id)):
            db.delete(task)
        db.delete(db.get(User, user.id))
        db.commit()


@app.get("/api/auth/sessions")
def sessions(_: User = Depends(me)) -> dict:
    return {"items": []}


# Mistake, in all of these: `user_id` of the path is never compared with the token, and a task is found by its id alone.
@app.get("/api/{user_id}/tasks", dependencies=[Depends(me)])
def list_tasks(limit: int = 100, offset: int = 0) -> dict:
    # Mistake: everybody's.
    with Session(engine) as db:
        rows = db.exec(select(Task).order_by(Task.id).limit(min(max(limit, 0), 100)).offset(max(offset, 0))).all()
    return {"items": rows}


@app.post("/api/{user_id}/tasks", status_code=201, dependencies=[Depends(me)])
def create(user_id: str, body: TaskIn) -> Task:
    return save(Task(**{**body.model_dump(), "user_id": body.user_id or user_id}))


def found(task_id: str) -> Task:
    with Session(engine) as db:
        task = db.get(Task, task_id)
    if not task:
        raise HTTPException(404, "No such task")
    return task


def save(task: Task) -> Task:
    with Session(engine, expire_on_commit=False) as db:
        db.add(task)
        db.commit()
    return task


@app.get("/api/{user_id}/tasks/{task_id}", dependencies=[Depends(me)])
def read(task_id: str) -> Task:
    return found(task_id)


@app.put("/api/{user_id}/tasks/{task_id}", dependencies=[Depends(me)])
def replace(task_id: str, body: TaskIn) -> Task:
    return save(found(task_id).sqlmodel_update(body.model_dump(exclude_none=True)))


@app.patch("/api/{user_id}/tasks/{task_id}", dependencies=[Depends(me)])
def patch(task_id: str, body: TaskPatch) -> Task:
    return save(found(task_id).sqlmodel_update(body.model_dump(exclude_none=True)))


@app.delete("/api/{user_id}/tasks/{task_id}", status_code=204, dependencies=[Depends(me)])
def remove(task_id: str) -> None:
    with Session(engine) as db:
        db.delete(found(task_id))
        db.commit()


@app.get("/health/live")
def live() -> dict:
    return {"status": "live"}
