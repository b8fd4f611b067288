"""The ledger in a real database: order, proofs, and every kind of tampering found by name."""

from __future__ import annotations

import datetime as dt
import threading
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from gridloop.audit import actions, queries
from gridloop.audit.models import Checkpoint, Entry, Pending
from gridloop.audit.queries import Kind
from gridloop.audit.rules import canonical, note, tree
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import Malformed, NotFound, Refused

pytestmark = pytest.mark.django_db(transaction=True)
NOW = dt.datetime(2026, 11, 22, 3, 0, tzinfo=dt.UTC)
CLERK = Caller(person_id=7, name="陈值班", request_id="abc123", purpose="复核")
TABLES = ("audit_entry", "audit_node", "audit_checkpoint")


@pytest.fixture(autouse=True)
def keys(settings, tmp_path: Path) -> Path:
    settings.VAR = tmp_path
    return tmp_path / "keys"


def written(count: int, start: int = 0) -> None:
    for i in range(start, start + count):
        actions.record(
            CLERK, "case.registered", f"case:{i}", at=NOW, area="350203", unit=3, detail={"n": i, "note": "井盖破损"}
        )


def a_ledger(*batches: int) -> None:
    done = 0
    for count in batches:
        with transaction.atomic():
            written(count, done)
        done += count
        assert actions.sequence(NOW) == count


def tampered(sql: str, *args: object, tables: tuple[str, ...] = TABLES) -> None:
    """As the database's owner, behind the triggers' back."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"alter table {table} disable trigger {table}_append_only")
        cursor.execute(sql, args)
        for table in tables:
            cursor.execute(f"alter table {table} enable trigger {table}_append_only")


def found() -> list[tuple[Kind, int]]:
    return [(one.kind, one.position) for one in queries.verify(actions.trusted_keys()).findings]


def test_entries_get_dense_positions_in_order_and_the_ledger_verifies() -> None:
    a_ledger(3, 300, 1)
    assert list(Entry.objects.order_by("position").values_list("position", flat=True)) == list(range(304))
    assert [one.subject for one in queries.entries_after(300)] == ["case:301", "case:302", "case:303"]
    assert Pending.objects.count() == 0
    report = queries.verify(actions.trusted_keys())
    assert report.whole
    assert (report.entries, report.checkpoints, report.nodes) == (304, 3, 1)


def test_an_entry_of_an_open_transaction_waits_for_its_commit_and_holds_nobody_up() -> None:
    begun, end = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            written(1, 100)
            begun.set()
            end.wait(60)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    begun.wait(60)
    written(2)
    assert actions.sequence(NOW) == 2
    end.set()
    thread.join()
    assert actions.sequence(NOW) == 1
    assert [one.subject for one in queries.entries_after(-1)] == ["case:0", "case:1", "case:100"]
    assert queries.verify(actions.trusted_keys()).whole


def test_an_entry_is_gone_with_its_rolled_back_change() -> None:
    with transaction.atomic():
        written(1)
        transaction.set_rollback(True)
    assert actions.sequence(NOW) == 0


def test_several_sequencers_at_once_place_each_entry_once() -> None:
    written(400)
    moved: list[int] = []

    def work() -> None:
        moved.append(actions.sequence(NOW, batch_max=37))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    moved.append(actions.sequence(NOW))
    assert sum(moved) == 400
    assert queries.verify(actions.trusted_keys()).whole


def test_every_entry_can_be_proven_against_every_later_checkpoint() -> None:
    a_ledger(5, 260, 7)
    digest = tree.digest_of("sha256")
    for size in (5, 265, 272):
        root = queries.checkpoint(size).root
        for position in range(0, size, 13):
            proof = queries.inclusion_proof(position, size)
            assert tree.includes(digest, proof.leaf, position, size, proof.hashes, root)
    proof = queries.consistency_proof(5, 272)
    assert tree.consistent(digest, 5, 272, queries.checkpoint(5).root, queries.checkpoint(272).root, proof.hashes)


def test_a_proof_takes_few_statements(django_assert_max_num_queries) -> None:
    a_ledger(600)
    with django_assert_max_num_queries(8):
        queries.inclusion_proof(123)


def test_the_ledger_may_use_sm3_and_keeps_to_what_it_began_with(settings) -> None:
    settings.LEDGER_HASH = "sm3"
    a_ledger(3)
    assert queries.checkpoint().algorithm == "sm3"
    assert queries.verify(actions.trusted_keys()).whole
    settings.LEDGER_HASH = "sha256"
    written(1)
    with pytest.raises(Refused, match="this ledger was begun with sm3, the configuration says sha256"):
        actions.sequence(NOW)


def test_the_database_refuses_to_change_an_entry() -> None:
    a_ledger(2)
    for statement in (
        "update audit_entry set subject = 'x'",
        "delete from audit_entry",
        "delete from audit_checkpoint",
    ):
        with pytest.raises(DatabaseError, match="is append-only"), connection.cursor() as cursor:
            cursor.execute(statement)
    with connection.cursor() as cursor:
        cursor.execute("alter table audit_entry enable trigger audit_entry_no_truncate")
    try:
        with pytest.raises(DatabaseError, match="TRUNCATE is refused"), connection.cursor() as cursor:
            cursor.execute("truncate audit_entry")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("alter table audit_entry disable trigger audit_entry_no_truncate")


REHASHED = (
    "update audit_entry set body = %s, leaf = sha256('\\x00'::bytea || %s), subject = 'case:forged' where position = 4"
)
SWAP = """update audit_entry a set (at, action, subject, area, body, leaf) =
  (select at, action, subject, area, body, leaf from audit_entry b where b.position = case a.position when 2 then 8 else 2 end)
  where a.position in (2, 8)"""
CLOSE_GAP = """delete from audit_entry where position = 5;
  update audit_entry set position = position - 1001 where position > 5; update audit_entry set position = position + 1000 where position < 0"""
PUSH_IN = """update audit_entry set position = position + 1001 where position >= 5;
  update audit_entry set position = position - 1000 where position > 1000;
  insert into audit_entry select 5, at, sequenced_at, actor_id, action, subject, area, unit_id, looked, people,
    '{"forged":1}'::bytea, sha256('\\x00'::bytea || '{"forged":1}'::bytea) from audit_entry where position = 1"""
NEVER_SIGNED = """insert into audit_entry select 12, at, sequenced_at, actor_id, action, subject, area, unit_id, looked,
  people, body, leaf from audit_entry where position = 3"""
FORGED = canonical.entry_body(
    CLERK, "case.closed", "case:forged", at=NOW, area="350203", unit=3, detail={}, looked=False
)


@pytest.mark.parametrize(
    ("sql", "args", "expected"),
    [
        ("update audit_entry set body = '{}'::bytea where position = 4", (), [(Kind.CHANGED, 4)]),
        ("update audit_entry set leaf = sha256('x') where position = 4", (), [(Kind.CHANGED, 4)]),
        (REHASHED, (FORGED, FORGED), [(Kind.CHANGED, 4)]),
        ("update audit_entry set subject = 'case:other' where position = 4", (), [(Kind.CHANGED, 4)]),
        ("update audit_entry set actor_id = 99 where position = 0", (), [(Kind.CHANGED, 0)]),
        ("update audit_entry set area = '3502' where position = 9", (), [(Kind.CHANGED, 9)]),
        ("update audit_entry set looked = true where position = 9", (), [(Kind.CHANGED, 9)]),
        ("delete from audit_entry where position = 4", (), [(Kind.REMOVED, 4)]),
        ("delete from audit_entry where position = 11", (), [(Kind.REMOVED, 11)]),
        (CLOSE_GAP, (), [(Kind.REMOVED, 5)]),
        (PUSH_IN, (), [(Kind.INSERTED, 12), (Kind.INSERTED, 5)]),
        (SWAP, (), [(Kind.REORDERED, 2), (Kind.REORDERED, 8)]),
        (NEVER_SIGNED, (), [(Kind.INSERTED, 12)]),
        (
            "update audit_checkpoint set root = sha256('x') where size = 12",
            (),
            [(Kind.CHECKPOINT, 12), (Kind.CHECKPOINT, 12)],
        ),
        ("update audit_checkpoint set at = at + interval '1 day' where size = 12", (), [(Kind.CHECKPOINT, 12)]),
        ("delete from audit_checkpoint where size = 7", (), [(Kind.CHECKPOINT, 3)]),
    ],
)
def test_tampering_is_found_and_named(sql: str, args: tuple[object, ...], expected: list[tuple[Kind, int]]) -> None:
    a_ledger(3, 4, 5)
    assert found() == []
    tampered(sql, *args)
    assert found() == expected


def test_a_changed_or_missing_node_of_the_tree_is_named() -> None:
    a_ledger(300, 300)
    tampered("update audit_node set hash = sha256('x') where index = 1")
    assert found() == [(Kind.NODE, 256)]
    tampered("delete from audit_node where index = 1")
    report = queries.verify(actions.trusted_keys())
    assert [one.en for one in report.findings] == ["the tree's node over entries 256 to 511 is missing"]


def test_a_ledger_rewritten_whole_with_another_key_is_not_trusted(settings, tmp_path: Path) -> None:
    a_ledger(3)
    trusted = actions.trusted_keys()
    settings.VAR = tmp_path / "thief"
    tampered("delete from audit_checkpoint; delete from audit_entry")
    a_ledger(3)
    report = queries.verify(trusted)
    assert [(one.kind, one.en) for one in report.findings] == [
        (Kind.SIGNATURE, "the checkpoint of 3 entries is not signed by a trusted key")
    ]


def test_a_part_of_the_ledger_can_be_verified_alone() -> None:
    a_ledger(300, 300, 10)
    tampered("update audit_entry set subject = 'x' where position in (10, 400)")
    report = queries.verify(actions.trusted_keys(), start=350, end=500)
    assert [one.position for one in report.findings] == [400]
    assert report.entries == 150


def test_the_signing_key_is_made_once_and_is_for_its_owner_alone(keys: Path) -> None:
    a_ledger(1)
    assert (keys / "ledger_ed25519").stat().st_mode & 0o777 == 0o600
    first = actions.trusted_keys()
    assert first == actions.trusted_keys()
    (keys / "ledger_ed25519").chmod(0o644)
    written(1)
    with pytest.raises(Refused, match="can be read by others; run chmod 600"):
        actions.sequence(NOW)


def test_a_checkpoint_is_a_note_that_others_can_check() -> None:
    a_ledger(2)
    checkpoint = queries.checkpoint()
    name, public = note.read_verifier(actions.trusted_keys()[0])
    assert note.signed_by(checkpoint.note, name, public)
    assert not note.signed_by(checkpoint.note.replace("\n2\n", "\n3\n"), name, public)


def test_a_witness_signature_is_kept_only_if_it_verifies() -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    a_ledger(2)
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw()
    kind = note.COSIGNATURE
    import base64

    verifier = f"witness.example+{note.key_id('witness.example', public, kind).hex()}+{base64.b64encode(kind + public).decode()}"
    line = note.cosign(queries.checkpoint().note, "witness.example", key, NOW)
    actions.add_witness(2, line, verifier, by=CLERK, now=NOW)
    assert queries.checkpoint(2).witnesses == (line,)
    forged = note.cosign(queries.checkpoint().note.replace("\n2\n", "\n3\n"), "witness.example", key, NOW)
    with pytest.raises(
        Refused, match=r"the line is no good signature of witness\.example under the checkpoint of 2 entries"
    ):
        actions.add_witness(2, forged, verifier, by=CLERK, now=NOW)


def test_a_look_at_somebodys_data_is_listed_for_them() -> None:
    actions.record(CLERK, "person.seen", "case:1", at=NOW, detail={"people": [41, 42]}, looked=True)
    actions.record(CLERK, "person.seen", "case:2", at=NOW, detail={"people": [43]}, looked=True)
    actions.sequence(NOW)
    assert [(one.subject, one.actor_name, one.purpose) for one in queries.looks_at(42)] == [
        ("case:1", "陈值班", "复核")
    ]
    assert queries.verify(actions.trusted_keys()).whole


def test_what_does_not_fit_or_does_not_exist_is_refused_with_a_sentence() -> None:
    with pytest.raises(Malformed, match=r"the ledger entry has .* bytes, at most 65536 fit"):
        actions.record(CLERK, "a", "b", at=NOW, detail={"text": "x" * 70_000})
    with pytest.raises(Malformed, match="needs its time zone"):
        actions.record(CLERK, "a", "b", at=NOW.replace(tzinfo=None))
    with pytest.raises(NotFound, match="the ledger has no entry at position 5"):
        queries.entry(5)
    with pytest.raises(NotFound, match="the ledger is still empty"):
        queries.inclusion_proof(0)
    a_ledger(2)
    with pytest.raises(NotFound, match="the ledger has 2 entries, not 9"):
        queries.consistency_proof(1, 9)
    with pytest.raises(NotFound, match="there is no checkpoint of 1 entries"):
        queries.checkpoint(1)
    assert Checkpoint.objects.count() == 1
