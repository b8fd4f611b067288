"""The feed that docs/how-to/add-a-feed.md shows works as shown."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from gridloop.engines.fences.fixes import Mark
from tests.fleet.feeds.ends import Committing, Registered, a_known, serving, until

PAGE = Path(__file__).resolve().parents[3] / "docs/how-to/add-a-feed.md"


def the_example():
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    there: dict = {"__name__": "example"}
    exec(compile(code, str(PAGE), "exec"), there)
    return there["LinesFeed"]


def test_the_example_acknowledges_after_the_commit_and_comes_back():
    async def story():
        answers = []

        async def server(reader, writer):
            writer.write(b"van;1795305600;118.1;24.5\nvan;1795305601;0;0\nghost;1;2;3\nnonsense\n")
            while line := await reader.readline():
                answers.append(line)
                if len(answers) % 2 == 0:
                    break
            writer.close()

        listening = await asyncio.start_server(server, "127.0.0.1", 0)
        window, register = Committing(), Registered({("http", "van"): a_known(3)})
        window.at_once = False
        feed = the_example()("127.0.0.1", listening.sockets[0].getsockname()[1])
        async with serving(feed, window, register):
            await until(lambda: len(window.open) == 2)
            assert not answers
            window.commit()
            await until(lambda: answers == [b"ok van\n", b"ok van\n"])
            await until(lambda: feed.counts.sought == 1 and len(window.open) == 2)
        listening.close()
        assert window.rows["marks"].tolist() == [Mark.GOOD, Mark.PLACE]
        assert feed.counts.refused == {"unregistered": 2, "form": 2}

    asyncio.run(story())
