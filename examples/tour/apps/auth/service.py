"""Users: they sign up, log in, and get the tokens that the other services understand."""

import asyncio
import hashlib
import hmac
import secrets

from chassis.database import Database, new
from chassis.service import Service, answer
from chassis.tokens import Visitor, issue, subject
from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from pymongo.errors import DuplicateKeyError

router = APIRouter()
database = Database(unique={"users": "email"})


class Account(BaseModel):
    """Who wants to be known."""

    email: str = Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)
    password: str = Field(min_length=8, max_length=128)


class Renewal(BaseModel):
    """What is left of an older login."""

    refresh: str


@router.post("/api/v1/auth/signup")
async def sign_up(request: Request, account: Account) -> JSONResponse:
    """An address can be taken once."""
    user = new(email=account.email, password=await hashed(account.password, secrets.token_bytes(16)))
    try:
        await database["users"].insert_one(user)
    except DuplicateKeyError:
        raise HTTPException(409, f"{account.email} is taken. Log in, or take another.") from None
    return answer(request, 201, user={"id": user["_id"], "email": user["email"]}, **tokens(user["_id"]))


@router.post("/api/v1/auth/login")
async def log_in(request: Request, account: Account) -> JSONResponse:
    """An unknown address and a wrong password are refused alike."""
    user = await database["users"].find_one({"email": account.email})
    kept = user["password"] if user else f"{'00' * 16}:"
    given = await hashed(account.password, bytes.fromhex(kept.partition(":")[0]))
    if not user or not hmac.compare_digest(given, kept):
        raise HTTPException(401, "E-mail address or password is wrong.")
    return answer(request, **tokens(user["_id"]))


@router.post("/api/v1/auth/refresh")
async def refresh(request: Request, renewal: Renewal) -> JSONResponse:
    """New tokens for an old one."""
    if (user := subject(renewal.refresh, "refresh")) is None:
        raise HTTPException(401, "The refresh token is not valid any more. Log in again.")
    return answer(request, **tokens(user))


@router.get("/api/v1/users/me")
async def me(request: Request, visitor: Visitor) -> JSONResponse:
    """Who the token says it is; null for a stranger."""
    user = visitor and await database["users"].find_one({"_id": visitor})
    return answer(request, user=user and {"id": user["_id"], "email": user["email"]})


def tokens(user: str) -> dict[str, str]:
    """Access and refresh token."""
    return {"access": issue(user, "access"), "refresh": issue(user, "refresh")}


async def hashed(password: str, salt: bytes) -> str:
    """`salt:key` in hexadecimal; 16 MiB and some 50 ms, so not in the event loop."""
    key = await asyncio.to_thread(hashlib.scrypt, password.encode(), salt=salt, n=2**14, r=8, p=1)
    return f"{salt.hex()}:{key.hex()}"


app = Service("auth", router, database)
