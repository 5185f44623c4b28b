"""What is judged by a request's head: nobody's body is read before it is known whose it is."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from backend.api.deps import caller, know_caller


class HeadFirstRoute(APIRoute):
    """A route that asks who it is before it reads what they send: a stranger's megabytes are never taken in."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        if self.body_field is None or not asks_who(self.dependant):
            return handle

        async def handle_known(request: Request) -> Response:
            await know_caller(request)
            return await handle(request)

        return handle_known


def asks_who(dependant: Dependant) -> bool:
    """Whether a route is for those alone who have signed in."""
    return dependant.call is caller or any(asks_who(each) for each in dependant.dependencies)
