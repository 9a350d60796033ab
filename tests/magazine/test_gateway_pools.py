"""Threads of Django behind the gateway: bounded, and readers' apart from the newsroom's."""

import asyncio
import threading

import pytest
from django.urls import reverse

from magazine.gateway.answers import Refusal
from magazine.gateway.pools import NEWSROOM_STAFF, READERS, Pool, pool_for


def test_who_finds_the_queue_full_is_told_to_come_again_at_once():
    async def crowd() -> list[object]:
        pool, go_on = Pool("test", threads=1, waiting=2), threading.Event()
        waiting = [asyncio.ensure_future(pool.run(go_on.wait, 10)) for _ in range(3)]
        await asyncio.sleep(0.05)
        with pytest.raises(Refusal) as refused:
            await pool.run(go_on.wait, 10)
        go_on.set()
        done = await asyncio.gather(*waiting)
        return [refused.value.answer, *done, await pool.run(len, "room again")]

    answer, *done = asyncio.run(crowd())
    assert (answer.status, dict(answer.headers)["retry-after"]) == (503, "2")
    assert b"Back in a moment" in answer.body
    assert done == [True, True, True, 10]


def test_a_call_that_fails_leaves_its_place():
    async def fail() -> int:
        pool = Pool("test", threads=1, waiting=0)
        for _ in range(3):
            with pytest.raises(ValueError, match="invalid literal"):
                await pool.run(int, "no number")
        return await pool.run(int, "7")

    assert asyncio.run(fail()) == 7


def test_a_newsroom_at_work_leaves_readers_their_threads_and_they_leave_it_its_own():
    async def other_pool_answers(pool: Pool, other: Pool) -> object:
        go_on = threading.Event()
        busy = [asyncio.ensure_future(pool.run(go_on.wait, 10)) for _ in range(20)]
        answered = await asyncio.wait_for(other.run(len, "a page"), 5)
        go_on.set()
        await asyncio.gather(*busy)
        return answered

    assert asyncio.run(other_pool_answers(READERS, NEWSROOM_STAFF)) == 6
    assert asyncio.run(other_pool_answers(NEWSROOM_STAFF, READERS)) == 6


@pytest.mark.parametrize("name", ["admin:index", "admin:articles_article_add", "account_login"])
def test_the_newsroom_is_what_the_urlconf_calls_so(name):
    assert pool_for(reverse(name)) is NEWSROOM_STAFF


@pytest.mark.parametrize("name", ["front", "subscribe"])
def test_readers_are_everybody_else(name):
    assert pool_for(reverse(name)) is READERS
