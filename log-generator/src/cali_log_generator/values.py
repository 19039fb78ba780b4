"""The changing parts of a message: pools drawn from Faker once, because a call for each record would be too slow."""

from __future__ import annotations

import random
import string
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from faker import Faker

from cali_log_generator.errors import CatalogueError

POOL_SIZE = 256
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)

#: Words, not numbers: a masking rule cannot see that they vary, so each error of the catalogue keeps its own.
WORDS = frozenset({"city", "company", "host", "path", "sha", "sku", "slug", "user"})


class Values:
    """Draws values for placeholders.

    Args:
        seed: Equal seeds give equal pools.
    """

    def __init__(self, seed: int) -> None:
        fake = Faker("en_US")
        fake.seed_instance(seed)

        def pool(make: Callable[[], str]) -> Sequence[str]:
            return [make() for _ in range(POOL_SIZE)]

        self._pools: Mapping[str, Sequence[str]] = {
            "city": pool(fake.city),
            "company": pool(lambda: fake.company().replace(",", "")),
            "email": pool(fake.safe_email),
            "host": pool(lambda: f"{fake.domain_word()}.{fake.word()}.example.com"),
            "ip": pool(fake.ipv4_private),
            "path": pool(lambda: f"/v2/{fake.random_element(('orders', 'products', 'customers', 'carts'))}"),
            "sha": pool(lambda: fake.sha1()[:10]),
            "sku": pool(lambda: fake.bothify("???-####", letters="ABCDEFGHKLMNPRST")),
            "slug": pool(lambda: fake.slug(f"{fake.word()} {fake.word()}")),
            "user": pool(fake.user_name),
        }
        self._made: Mapping[str, Callable[[random.Random], str]] = {
            "date": lambda r: (_EPOCH + timedelta(minutes=r.randrange(525_600))).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "hex": lambda r: f"{r.getrandbits(128):032x}",
            "mb": lambda r: str(r.randrange(256, 8192)),
            "ms": lambda r: str(r.randrange(40, 30_000)),
            "n": lambda r: str(r.randrange(2, 5000)),
            "order": lambda r: f"{r.randrange(10**8, 10**9)}",
            "payload": lambda r: "".join(r.choices(string.ascii_lowercase + " ", k=64)) * r.randrange(300, 900),
            "pct": lambda r: str(r.randrange(3, 100)),
            "port": lambda r: str(r.randrange(1024, 65_535)),
            "uuid": lambda r: str(uuid.UUID(int=r.getrandbits(128), version=4)),
            "version": lambda r: f"{r.randrange(1, 9)}.{r.randrange(0, 40)}.{r.randrange(0, 20)}",
        }

    def draw(self, name: str, rng: random.Random) -> str:
        """Return a value for the placeholder `name`."""
        pool = self._pools.get(name)
        return pool[rng.randrange(POOL_SIZE)] if pool is not None else self._made[name](rng)

    def knows(self, name: str) -> bool:
        """Tell whether `name` is a placeholder this can fill."""
        return name in self._pools or name in self._made


class Template:
    """A message with placeholders, taken apart once.

    Args:
        text: The message; placeholders in braces.
        values: Where values come from.
        words: A source that is the same each time, for the placeholders in `WORDS`; without it they vary too.
        where: What to name when a placeholder is unknown.
    """

    def __init__(self, text: str, values: Values, *, words: random.Random | None, where: str) -> None:
        self._values = values
        self._parts: list[tuple[str, str | None]] = []
        for literal, name, _, _ in string.Formatter().parse(text):
            if name is None:
                self._parts.append((literal, None))
            elif not values.knows(name):
                raise CatalogueError(where, f"unknown placeholder {{{name}}}")
            elif words is not None and name in WORDS:
                self._parts.append((literal + values.draw(name, words), None))
            else:
                self._parts.append((literal, name))

    def render(self, rng: random.Random) -> str:
        """Return the message with every placeholder filled."""
        draw = self._values.draw
        return "".join(literal if name is None else literal + draw(name, rng) for literal, name in self._parts)
