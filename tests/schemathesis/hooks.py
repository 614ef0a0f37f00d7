"""What the API requires of a body and no JSON Schema can say."""

import math

import schemathesis


def is_exact(number: float) -> bool:
    """Whether the number fits into 64 bits or a double."""
    if isinstance(number, float):
        return math.isfinite(number)
    return -(2**63) <= number < 2**64


def with_exact_numbers(value: object) -> object:
    """The value with every other number as text, as the API's error asks for."""
    if isinstance(value, dict):
        return {name: with_exact_numbers(member) for name, member in value.items()}
    if isinstance(value, list):
        return [with_exact_numbers(item) for item in value]
    if isinstance(value, (int, float)) and not is_exact(value):
        return str(value)
    return value


@schemathesis.hook
def map_body(context: schemathesis.HookContext, body: object) -> object:
    """Only `data` holds values of any kind."""
    if isinstance(body, dict) and isinstance(body.get("data"), dict):
        return {**body, "data": with_exact_numbers(body["data"])}
    return body
