"""Where webhooks may lead, what they tell, and when they are sent again: rules on plain values."""

import json
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from backend.domain.change import BY_NAME, RESOURCES, Change, Op
from backend.domain.event import EVENT_KINDS, SENSITIVE_READS, WITHOUT_TIME
from backend.domain.webhook.message import Message, new_secret, signed_headers
from backend.domain.webhook.rule import (
    ALL_TYPES,
    DEAD_AFTER,
    FIRST_PAUSE,
    JITTER,
    LAST_PAUSE,
    TRIES,
    TYPES,
    is_dead,
    is_wanted,
    message_id,
    next_try,
    subscription_problems,
    type_of,
)
from backend.domain.webhook.target import Target, TargetRules, is_permitted, permitted_of, read_target

PUBLIC = TargetRules()
NOW = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)
INNER = [
    *("0.1.2.3", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.255"),
    *("169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.168.1.1", "198.18.0.1"),
    *("224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "168.63.129.16"),
    *("::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1"),
    *("64:ff9b::a00:1", "64:ff9b:1::a00:1", "2002:7f00:1::", "2001:0:7f00:1::", "fc00::1", "fd00:ec2::254"),
    *("fe80::1", "fec0::1", "ff02::1", "2001:db8::1"),
]
OUTER = ["1.1.1.1", "8.8.8.8", "114.114.114.114", "2606:4700:4700::1111", "2400:3200::1"]


@pytest.mark.parametrize("address", INNER)
def test_an_inner_address_is_refused_in_every_form(address: str) -> None:
    assert not is_permitted(ip_address(address), PUBLIC)
    host = f"[{address}]" if ":" in address else address
    assert read_target(f"https://{host}/hook", PUBLIC) == "webhook_url_refused"
    assert permitted_of([address], PUBLIC) is None


@pytest.mark.parametrize("address", OUTER)
def test_an_outer_address_is_permitted(address: str) -> None:
    assert is_permitted(ip_address(address), PUBLIC)


@given(st.integers(0, 2**32 - 1).map(IPv4Address))
def test_no_inner_ipv4_address_slips_through_as_itself_or_inside_another(plain: IPv4Address) -> None:
    embedded = [
        IPv6Address(int(plain)),
        IPv6Address(0xFFFF << 32 | int(plain)),
        IPv6Address(0x64FF9B << 96 | int(plain)),
        IPv6Address(0x2002 << 112 | int(plain) << 80),
    ]
    assert not any(is_permitted(each, PUBLIC) for each in embedded)
    if not plain.is_global or plain.is_multicast:
        assert not is_permitted(plain, PUBLIC)


@given(st.integers(0, 2**128 - 1).map(IPv6Address))
def test_no_ipv6_address_but_a_global_unicast_one_is_permitted(address: IPv6Address) -> None:
    if is_permitted(address, PUBLIC):
        assert address in ip_network("2000::/3")
        assert address.is_global
        assert not address.is_multicast


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_an_allowed_network_lets_in_its_own_and_no_other(address: IPv4Address | IPv6Address) -> None:
    rules = TargetRules.of(["10.20.0.0/16"], http=False)
    inside = address.version == 4 and address in ip_network("10.20.0.0/16")
    assert is_permitted(address, rules) == (inside or is_permitted(address, PUBLIC))
    assert is_permitted(ip_address("10.20.3.4"), rules)
    assert not is_permitted(ip_address("::ffff:10.20.3.4"), rules)
    assert not is_permitted(ip_address("10.21.0.1"), rules)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://example.gov.cn/", "webhook_url_without_tls"),
        ("ftp://example.gov.cn/", "webhook_url_malformed"),
        ("file:///etc/passwd", "webhook_url_malformed"),
        ("https://", "webhook_url_malformed"),
        ("example.gov.cn/hook", "webhook_url_malformed"),
        ("https://a:b@example.gov.cn/", "webhook_url_with_user"),
        ("https://example.gov.cn@127.0.0.1/", "webhook_url_with_user"),
        ("https://example.gov.cn/?key=1", "webhook_url_with_query"),
        ("https://example.gov.cn/#x", "webhook_url_malformed"),
        ("https://example.gov.cn:22/", "webhook_url_port"),
        ("https://example.gov.cn:0/", "webhook_url_port"),
        ("https://example.gov.cn:5432/", "webhook_url_port"),
        ("https://example.gov.cn:6379/", "webhook_url_port"),
        ("https://example.gov.cn:99999/", "webhook_url_malformed"),
        ("https://example.gov.cn:x/", "webhook_url_malformed"),
        ("https://exam ple.gov.cn/", "webhook_url_malformed"),
        ("https://example.gov.cn\\@127.0.0.1/", "webhook_url_malformed"),
        ("https://例子.cn/", "webhook_url_malformed"),
        ("https://127.1/", "webhook_url_malformed"),
        ("https://2130706433/", "webhook_url_malformed"),
        ("https://0x7f.0.0.1/", "webhook_url_malformed"),
        ("https://0x7f000001/", "webhook_url_malformed"),
        ("https://017700000001/", "webhook_url_malformed"),
        ("https://127.0.0.1%00.example.gov.cn/", "webhook_url_malformed"),
        ("https://[::1]/", "webhook_url_refused"),
        ("https://[fe80::1%25eth0]/", "webhook_url_malformed"),
        ("https://" + "a" * 500 + ".cn/", "webhook_url_malformed"),
        ("", "webhook_url_malformed"),
    ],
)
def test_an_address_that_cannot_be_right_is_refused_with_its_reason(url: str, code: str) -> None:
    assert read_target(url, PUBLIC) == code


def test_an_address_is_taken_apart() -> None:
    assert read_target("https://Hooks.Example.gov.cn./a/b", PUBLIC) == Target(
        "https", "hooks.example.gov.cn", 443, "/a/b"
    )
    inner = read_target("http://10.20.0.7:8080", TargetRules.of(["10.20.0.0/16"], http=True))
    assert isinstance(inner, Target)
    assert (inner.authority, inner.path) == ("10.20.0.7:8080", "/")


@given(st.text(max_size=80))
def test_whatever_is_written_is_an_address_or_a_reason(text: str) -> None:
    for url in (text, f"https://{text}", f"https://{text}/"):
        found = read_target(url, PUBLIC)
        if isinstance(found, Target):
            assert found.scheme == "https"
            assert found.address is None or is_permitted(found.address, PUBLIC)
        else:
            assert found.startswith("webhook_url_")


def test_of_the_addresses_of_a_name_only_a_permitted_one_is_taken() -> None:
    assert permitted_of(["10.0.0.1", "1.1.1.1"], PUBLIC) == ip_address("1.1.1.1")
    assert permitted_of(["fe80::1%eth0", "nonsense", "::1"], PUBLIC) is None
    assert permitted_of([], PUBLIC) is None


def test_what_fails_is_sent_again_from_a_minute_to_a_day_and_then_no_more() -> None:
    pauses = [next_try(failures, NOW, 0) for failures in range(1, TRIES)]
    waits = [at - NOW for at in pauses if at is not None]
    assert len(waits) == TRIES - 1 == 11
    assert waits[0] == FIRST_PAUSE == timedelta(minutes=1)
    assert abs(waits[-1] - LAST_PAUSE) < timedelta(seconds=1)
    assert waits == sorted(waits)
    assert timedelta(hours=40) < sum(waits, timedelta()) < DEAD_AFTER
    assert next_try(TRIES, NOW, 0) is None


@given(st.integers(1, TRIES - 1), st.floats(0, 1, exclude_max=True))
def test_chance_makes_a_pause_longer_by_little(failures: int, chance: float) -> None:
    least, found = next_try(failures, NOW, 0), next_try(failures, NOW, chance)
    assert least is not None
    assert found is not None
    assert least <= found <= least + (least - NOW) * JITTER + timedelta(milliseconds=1)


def test_a_target_is_dead_when_nothing_went_well_for_days() -> None:
    assert not is_dead(None, NOW)
    assert not is_dead(NOW - DEAD_AFTER + timedelta(seconds=1), NOW)
    assert is_dead(NOW - DEAD_AFTER, NOW)


def test_no_type_tells_of_readings_or_of_what_senders_did() -> None:
    for resource in RESOURCES:
        for op in Op:
            change = Change(op, resource.name, uuid4())
            for kind in EVENT_KINDS:
                type_ = type_of(change, kind)
                assert (type_ is None) == (kind in WITHOUT_TIME or kind in SENSITIVE_READS)
                assert type_ is None or type_ in TYPES[resource.name]


def test_a_card_that_was_sealed_or_marked_is_told_as_any_other() -> None:
    gone, there = Change(Op.remove, "feedback-cards", uuid4()), Change(Op.upsert, "feedback-cards", uuid4())
    assert {type_of(gone, kind) for kind in ("feedback.sealed", "feedback.changed")} == {"feedback.removed"}
    assert type_of(there, "feedback.mark_lifted") == type_of(there, "feedback.called") == "feedback.changed"
    assert not {each for each in ALL_TYPES if "seal" in each or "contact" in each or "mark" in each}


def test_every_type_that_is_offered_is_of_an_event_there_is() -> None:
    for name, words in TYPES.items():
        for word in words:
            stem, _, verb = word.partition(".")
            assert stem == BY_NAME[name].subject_kind
            assert word in EVENT_KINDS or verb in ("changed", "removed", "resync")


def test_a_subscription_names_resources_and_their_types() -> None:
    assert subscription_problems(["rectifications"], ["rectification.acted"]) == []
    codes = [(each.pointer, each.code) for each in subscription_problems(["secrets"], ["rectification.acted"])]
    assert codes == [("/resources/0", "webhook_resource_unknown"), ("/types/0", "webhook_type_unknown")]
    assert [each.code for each in subscription_problems([], [])] == ["webhook_without_resource"]
    assert is_wanted("client.reach_changed", ["member.changed"])
    assert not is_wanted("member.removed", ["member.changed"])


def test_a_message_has_one_id_for_each_event_and_subscription() -> None:
    webhook, other, event = uuid4(), uuid4(), uuid4()
    change = Change(Op.upsert, "members", uuid4())
    assert message_id(webhook, event, change) == message_id(webhook, event, change)
    assert message_id(webhook, event, change) != message_id(other, event, change)
    assert message_id(webhook, event, change) != message_id(webhook, uuid4(), change)


def test_a_message_is_thin_and_verified_by_the_library_with_either_secret() -> None:
    old, new, now = new_secret(), new_secret(), datetime.now(UTC)
    message = Message(uuid4(), "member.transferred", NOW, uuid4(), "members", uuid4(), False)
    body = message.body()
    headers = signed_headers(message.id, body, [new, old], now)
    for secret in (old, new):
        told = Webhook(secret).verify(body, headers)
        assert told == json.loads(body)
    assert set(told) == {"type", "timestamp", "data"}
    assert set(told["data"]) == {"resource", "id", "change_id", "below"}
    assert told["timestamp"] == "2026-11-30T02:00:00.000Z"
    assert headers["webhook-signature"].count("v1,") == 2
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(new).verify(body + b" ", headers)
    late = signed_headers(message.id, body, [new], now - timedelta(minutes=6))
    with pytest.raises(WebhookVerificationError):
        Webhook(new).verify(body, late)
