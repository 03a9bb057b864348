"""Asks Home Assistant's websocket; runs on its Python. Arguments: address, token, the requests as JSON."""

import asyncio
import json
import sys

import aiohttp


async def ask(url: str, token: str, requests: list[dict]) -> list:  # type: ignore[type-arg]
    """The result of each request, in order; raises for one that fails."""
    found = []
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{url}/api/websocket") as socket:
        await socket.receive_json()
        await socket.send_json({"type": "auth", "access_token": token})
        answer = await socket.receive_json()
        if answer["type"] != "auth_ok":
            raise SystemExit(f"not let in: {answer}")
        for number, request in enumerate(requests, 1):
            await socket.send_json({"id": number, **request})
            while (answer := await socket.receive_json()).get("id") != number:
                pass
            if not answer["success"]:
                raise SystemExit(f"{request}: {answer['error']}")
            found.append(answer["result"])
    return found


print(json.dumps(asyncio.run(ask(sys.argv[1], sys.argv[2], json.loads(sys.argv[3])))))
