"""Who carries what: demand of each mission and load of each person, per round."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from missions.models import Mission
from surveys.models import Round


class LoadPass(models.Model):
    """The loads of one round as a whole: done once, with the firm's own indices."""

    round = models.OneToOneField(Round, models.PROTECT, related_name="+")
    formula_version = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField()
    # First day of the period whose release gave the lived half; null = declared facts alone.
    release_period_on = models.DateField(null=True, blank=True)
    # Version of the table of points that stood at the round's close; null before there were any.
    points_version = models.PositiveIntegerField(null=True, blank=True)
    # Demand strictly above this is demanding; null = no demand to compare.
    threshold = models.FloatField(null=True, blank=True)
    compared = models.PositiveIntegerField(default=0)
    above_zone = models.PositiveIntegerField(default=0)
    # index name → {"value": float, "reference": float, "beyond": bool}
    indices = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["-round__starts_on"]

    def __str__(self) -> str:
        return f"load pass {self.round_id}"


class MissionDemand(models.Model):
    """Demand of a mission in a round, 0–10, from declared facts and published figures."""

    load_pass = models.ForeignKey(LoadPass, models.CASCADE, related_name="demands")
    mission = models.ForeignKey(Mission, models.PROTECT, related_name="+")
    declared = models.FloatField()
    lived = models.FloatField(null=True, blank=True)
    demand = models.FloatField()
    demanding = models.BooleanField()
    # Person-days that everybody together spent on it in the round.
    days = models.FloatField(default=0)

    class Meta:
        ordering: ClassVar = ["-demand", "mission"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["load_pass", "mission"], name="one_demand_per_mission_and_round"
            )
        ]

    def __str__(self) -> str:
        return f"demand {self.mission_id}"


class Load(models.Model):
    """What a person carried over the 13 rounds up to this one. No answer of theirs is in it."""

    load_pass = models.ForeignKey(LoadPass, models.CASCADE, related_name="loads")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="loads")
    # Weighted sum of demand, and the point that 95 of 100 random deals do not pass: the rule's
    # inner figures, shown under "why".
    load = models.FloatField()
    upper95 = models.FloatField(null=True, blank=True)
    # Percent of exposed days on demanding missions, and its zone of chance; who is not compared
    # (present in fewer than 6 rounds) has no zone.
    share = models.FloatField()
    zone_low = models.FloatField(null=True, blank=True)
    zone_high = models.FloatField(null=True, blank=True)
    expected = models.FloatField(null=True, blank=True)
    demanding_rounds = models.PositiveSmallIntegerField()
    exposed_rounds = models.PositiveSmallIntegerField()
    two_in_a_row = models.BooleanField(default=False)
    compared = models.BooleanField()
    above_zone = models.BooleanField(default=False)
    over_share = models.BooleanField(default=False)
    p_value = models.FloatField(null=True, blank=True)
    # Missions carried, most days first; of each: mission (its id), rounds, demanding (rounds),
    # days, demand (mean over its days).
    detail = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ["-share", "person"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["load_pass", "person"], name="one_load_per_person_and_round"
            )
        ]

    def __str__(self) -> str:
        return f"load {self.person_id}"
