"""An agent inside your own program: typed events as a turn goes, the reply, what it knows after.

Run it with: python examples/embed_agent.py
"""

import asyncio
import tempfile

from mettaclaw import Agent
from mettaclaw.protocol import events


async def main() -> None:
    """Tell two facts, ask a question that needs both, and watch the turn."""
    with tempfile.TemporaryDirectory() as home:  # a folder of your own keeps what it learns
        async with Agent.open(home, model="english") as agent:
            reply = await agent.run("Garfield is a cat. Every cat is an animal.")
            print("reply:", reply.text)

            async for event in agent.stream("Is Garfield an animal?"):
                match event:
                    case events.CallFinished(result=result):
                        print("call: ", result.call, "failed" if result.failure else "ok")
                    case events.ReplySent(text=text):
                        print("reply:", text)
                    case _:
                        pass

            print("stored:", agent.kb.count(), "statements")


asyncio.run(main())
