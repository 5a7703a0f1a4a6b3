"""Every run draws the same examples, and none is kept between runs: a test that passed passes again."""

from hypothesis import HealthCheck, Phase, settings

settings.register_profile(
    "same-every-time",
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
settings.load_profile("same-every-time")
