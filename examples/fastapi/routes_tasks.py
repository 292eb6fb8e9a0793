"""/api/{user_id}/tasks: the owner is part of every question to the database."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlalchemy import delete, func, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from db import Task, is_id, now_ms, rfc3339
from problems import invalid, invalid_token, not_found
from security import SignedIn

router = APIRouter(prefix="/api/{user_id}/tasks", route_class=SignedIn)

PAGE = 100


def storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("must not hold NUL, which PostgreSQL cannot store")
    return text


def filled(text: str) -> str:
    if not text.strip():
        raise ValueError("must have 1 to 200 characters")
    return storable(text)


Title = Annotated[str, Field(max_length=200), AfterValidator(filled)]
Description = Annotated[str, Field(max_length=5000), AfterValidator(storable)]


class Draft(BaseModel):
    """All that a client may set. An owner in the body is not asked for, so it is ignored."""

    model_config = ConfigDict(strict=True, extra="ignore")

    title: Title
    description: Description = ""
    completed: bool = False


class Change(Draft):
    """Only what is given changes."""

    title: Title = ""


def own(request: Request, user_id: str) -> str:
    """The user id of the path, which must be the caller's own."""
    caller = request.state.identity.user.id
    if user_id != caller:
        raise not_found()
    return caller


def one(task_id: str, owner: Annotated[str, Depends(own)]):
    """The condition that finds this task of this owner, or none."""
    if not is_id(task_id):
        raise not_found()
    return (Task.id == task_id) & (Task.user_id == owner)


Owner = Annotated[str, Depends(own)]
One = Annotated[object, Depends(one)]


def database(request: Request) -> Session:
    return Session(request.app.state.engine)


def shown(task: Task) -> dict:
    return {
        **task.model_dump(),
        "created_at": rfc3339(task.created_at),
        "updated_at": rfc3339(task.updated_at),
    }


@router.get("")
def list_tasks(
    request: Request,
    owner: Owner,
    limit: Annotated[int, Field(ge=1)] = 50,
    offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0,
    completed: bool | None = None,
    q: Annotated[str, Field(max_length=200)] = "",
    sort: Literal[
        "created_at", "-created_at", "updated_at", "-updated_at", "title", "-title", "completed", "-completed"
    ] = "created_at",
) -> dict:
    if "\0" in q:
        raise invalid("q: must not hold NUL.")
    limit = min(limit, PAGE)
    wanted = [Task.user_id == owner]
    if completed is not None:
        wanted.append(Task.completed == completed)
    if q:
        wanted.append(col(Task.title).icontains(q, autoescape=True))
    by = getattr(Task, sort.removeprefix("-"))
    order = by.desc() if sort.startswith("-") else by.asc()
    with database(request) as db:
        rows = db.exec(select(Task).where(*wanted).order_by(order, Task.id).limit(limit).offset(offset)).all()
        total = db.exec(select(func.count()).select_from(Task).where(*wanted)).one()
        return {"items": [shown(task) for task in rows], "total": total, "limit": limit, "offset": offset}


@router.post("", status_code=201)
def create(request: Request, owner: Owner, draft: Draft) -> dict:
    task = Task(user_id=owner, **draft.model_dump())
    with database(request) as db:
        db.add(task)
        try:
            db.commit()
        except IntegrityError:
            # The account was deleted since the request began.
            raise invalid_token() from None
        return shown(db.get_one(Task, task.id))


@router.get("/{task_id}")
def read(request: Request, one: One) -> dict:
    with database(request) as db:
        return found(db, one)


@router.put("/{task_id}")
def replace(request: Request, one: One, draft: Draft) -> dict:
    return write(request, one, draft.model_dump())


@router.patch("/{task_id}")
def patch(request: Request, one: One, change: Change) -> dict:
    return write(request, one, change.model_dump(exclude_unset=True))


@router.delete("/{task_id}", status_code=204)
def remove(request: Request, one: One) -> None:
    with database(request) as db:
        removed = db.exec(delete(Task).where(one)).rowcount
        db.commit()
    if removed != 1:
        raise not_found()


def write(request: Request, one, values: dict) -> dict:
    with database(request) as db:
        db.exec(update(Task).where(one).values(**values, updated_at=now_ms()))
        task = found(db, one)
        db.commit()
        return task


def found(db: Session, one) -> dict:
    task = db.exec(select(Task).where(one)).first()
    if not task:
        raise not_found()
    return shown(task)
