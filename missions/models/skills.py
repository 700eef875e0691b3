"""Who could take a mission: skills held and asked for, and what rules somebody out."""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from missions.models.staffing import Mission, in_language


class Level(models.IntegerChoices):
    """What somebody can do with a skill; a mission asks for the least that it needs."""

    WITH_HELP = 1, _("with help")
    ALONE = 2, _("on my own")
    SURE = 3, _("sure of it")
    TEACHES = 4, _("can teach it")


IS_A_LEVEL = Q(level__gte=Level.WITH_HELP, level__lte=Level.TEACHES)


class SkillQuerySet(models.QuerySet["Skill"]):
    """Skills by whether they are asked for."""

    def current(self) -> "SkillQuerySet":
        return self.filter(retired_on__isnull=True)


class Skill(models.Model):
    """Something that people can do and missions may ask for. Retired, never deleted: what people
    and missions said about it stays, and counts no more."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name_fr = models.CharField(_("name in French"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120)
    retired_on = models.DateField(_("retired on"), null=True, blank=True, editable=False)

    objects = SkillQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name_fr", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(self.name_fr, self.name_en)


class PersonSkill(models.Model):
    """A skill that somebody has, as they say it. Whether they want more is theirs to share."""

    class Wish(models.TextChoices):
        MORE = "more", _("more of it")
        LESS = "less", _("less of it")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="skills", verbose_name=_("person")
    )
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="held", verbose_name=_("skill"))
    level = models.PositiveSmallIntegerField(_("level"), choices=Level)
    wish = models.CharField(_("wish"), max_length=4, choices=Wish, blank=True)
    shared = models.BooleanField(_("share my wishes with my managers"), default=False)

    class Meta:
        ordering: ClassVar = ["person", "skill"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "skill"], name="one_level_per_skill"),
            models.CheckConstraint(condition=IS_A_LEVEL, name="level_is_1_to_4"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.skill_id} {self.level}"


class MissionSkill(models.Model):
    """A skill that a mission asks for, and the least level of it."""

    mission = models.ForeignKey(Mission, models.CASCADE, related_name="asked")
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="asked")
    level = models.PositiveSmallIntegerField(_("least level"), choices=Level)

    class Meta:
        ordering: ClassVar = ["mission", "skill"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["mission", "skill"], name="one_least_level_per_skill"),
            models.CheckConstraint(condition=IS_A_LEVEL, name="least_level_is_1_to_4"),
        ]

    def __str__(self) -> str:
        return f"{self.mission_id} {self.skill_id} {self.level}"


class RestrictionQuerySet(models.QuerySet["Restriction"]):
    """Restrictions by their place in time."""

    def holding(self, day: date) -> "RestrictionQuerySet":
        return self.filter(Q(until__isnull=True) | Q(until__gte=day), lifted_at__isnull=True)


class Restriction(models.Model):
    """Somebody who is not to be sent to a client, or on a mission with somebody else.

    All whom it concerns read it, with its sentence and its author: a restriction that one of
    them could not see is none (``decisions.md`` 22). Lifted, never deleted.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="restrictions",
        verbose_name=_("person"),
    )  # fmt: skip
    client = models.ForeignKey(
        Client, models.PROTECT, null=True, blank=True, related_name="restrictions",
        verbose_name=_("not at this client"),
    )  # fmt: skip
    other = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("not on a mission with"),
    )  # fmt: skip
    sentence = models.CharField(_("why, in one sentence"), max_length=300)
    until = models.DateField(_("until"), null=True, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True, blank=True)

    objects = RestrictionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-made_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(client__isnull=False, other__isnull=True)
                | Q(client__isnull=True, other__isnull=False),
                name="restriction_is_about_a_client_or_a_person",
            ),
            models.CheckConstraint(
                condition=Q(other__isnull=True) | ~Q(other=F("person")),
                name="restriction_is_about_somebody_else",
            ),
            models.CheckConstraint(
                condition=Q(lifted_by__isnull=True, lifted_at__isnull=True)
                | Q(lifted_by__isnull=False, lifted_at__isnull=False),
                name="restriction_is_lifted_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"restriction {self.pk}"
