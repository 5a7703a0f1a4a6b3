"""Every run draws the same examples, and none is kept between runs: a test that passed passes again."""

import re
import signal

import pytest
from hypothesis import HealthCheck, Phase, settings

# Started in the background, a shell's children ignore Ctrl-C, and so would the programs that tests interrupt.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile(
    "same-every-time",
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
settings.load_profile("same-every-time")

# In the normal run every picture is drawn on a sheet of the usual shape, narrow and wide ones only with hostile names;
# and reports are made of two scenarios that ship. The rest is run by name, with -m slow.
SELDOM = re.compile(r"tests/show/.*\[(?!.*names).*size[12]|tests/report/.*\[.*(with-draws|raw-autonomy|room)")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what is the same again on other sheets and of other scenarios."""
    for item in items:
        if SELDOM.search(item.nodeid):
            item.add_marker(pytest.mark.slow)
