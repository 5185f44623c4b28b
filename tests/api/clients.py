"""A partner's program for tests: registered, given scopes by another administrator, with a secret."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from backend.db.base import utc_now
from backend.domain.calendar import day_of
from tests.factories import County

SCOPES = ["rectification:read", "rectification:write", "organization:read"]


def code(answer: httpx.Response) -> str:
    found: str = answer.json()["code"]
    return found


def new_client(county: County, **changes: Any) -> dict[str, Any]:
    """What a program is registered with."""
    return {
        "organization_id": str(county.county.id),
        "reach_id": str(county.township.id),
        "client_id": f"partner-{uuid4().hex[:10]}",
        "name": "县一体化平台",
        "ends_on": (day_of(utc_now()) + timedelta(days=90)).isoformat(),
    } | changes


class Partner:
    """A client that was registered, given scopes by another administrator, and got a secret."""

    def __init__(self, county: County, body: dict[str, Any]) -> None:
        self.county, self.body = county, body
        self.secret, self.secret_id = "", ""
        self.keeper, self.giver = county.client("system_admin"), county.client("security_admin")
        self.anybody = httpx.AsyncClient(
            transport=httpx.ASGITransport(county.app, raise_app_exceptions=False), base_url="http://test/api/v1"
        )
        county.clients.append(self.anybody)

    @classmethod
    async def start(cls, county: County, scopes: list[str] | None = None, **changes: Any) -> "Partner":
        wanted = new_client(county, **changes)
        made = await county.client("system_admin").post("/clients", json=wanted)
        assert made.status_code == 201, made.text
        self = cls(county, made.json())
        if scopes != []:
            await self.give(SCOPES if scopes is None else scopes)
        await self.new_secret()
        return self

    @property
    def path(self) -> str:
        return f"/clients/{self.body['id']}"

    @property
    def match(self) -> dict[str, str]:
        return {"if-match": f'"{self.body["version"]}"'}

    async def done(self, answer: httpx.Response) -> httpx.Response:
        assert answer.is_success, answer.text
        self.body = (await self.keeper.get(self.path)).json()
        return answer

    async def give(self, scopes: list[str]) -> None:
        body = {"scopes": scopes, "reason": "数据共享协议"}
        await self.done(await self.giver.put(f"{self.path}/scopes", json=body, headers=self.match))

    async def new_secret(self) -> str:
        made = await self.done(await self.keeper.post(f"{self.path}/secrets", headers=self.match))
        self.secret, self.secret_id = made.json()["client_secret"], made.json()["id"]
        await self.confirm(self.secret_id)
        return self.secret

    async def add_key(self, public_key: str) -> str:
        """Have a key for assertions taken down by who keeps clients; it waits for the other administrator."""
        body = {"use": "private_key_jwt", "public_key": public_key}
        made = await self.done(await self.keeper.post(f"{self.path}/secrets", json=body, headers=self.match))
        return str(made.json()["id"])

    async def confirm(self, secret_id: str) -> None:
        body = {"secret_id": secret_id, "reason": "对接方已当面核对"}
        await self.done(await self.giver.post(f"{self.path}/secrets/confirmation", json=body, headers=self.match))

    async def ask(self, scope: str = " ".join(SCOPES), **changes: Any) -> httpx.Response:
        form = {"grant_type": "client_credentials", "client_id": self.body["client_id"], "scope": scope}
        form |= {"client_secret": self.secret} | changes
        return await self.anybody.post("/oauth/token", data={k: v for k, v in form.items() if v is not None})

    async def signed_in(self, scope: str = " ".join(SCOPES)) -> httpx.AsyncClient:
        token = (await self.ask(scope)).json()["access_token"]
        made = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.county.app, raise_app_exceptions=False),
            base_url="http://test/api/v1",
            headers={"authorization": f"Bearer {token}"},
        )
        self.county.clients.append(made)
        return made


def key_pair() -> tuple[str, str]:
    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return pem.decode(), public.decode()
