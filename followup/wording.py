"""The words that each rule has: what can be done, the exact rule, a mark, a kind."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy

from followup.models import Alert

Rule = Alert.Rule


@dataclass(frozen=True, slots=True)
class Step:
    """A next step that can be chosen: what, and a word on how."""

    title: Any
    hint: Any


STEPS: dict[str, dict[str, Step]] = {
    Rule.PERSON_OVER_SHARE: {
        "talk": Step(
            gettext_lazy("Talk about what comes next"),
            gettext_lazy("Stay, change or by when: the person’s own wish comes first"),
        ),
        "easier_next": Step(
            gettext_lazy("Plan a less demanding mission next"),
            gettext_lazy("The load page shows what makes a mission demanding"),
        ),
        "second_person": Step(
            gettext_lazy("Put a second person on the mission"),
            gettext_lazy("So that on-call work and deadlines are shared"),
        ),
    },
    Rule.FIRM_IMBALANCE: {
        "review_staffing": Step(
            gettext_lazy("Look at the next demanding missions together"),
            gettext_lazy("Managers around one table, before they are staffed"),
        ),
        "review_facts": Step(
            gettext_lazy("Check the declared facts of the missions"),
            gettext_lazy("What is not declared weighs on nobody’s load"),
        ),
    },
    Rule.CLIENT_BELOW: {
        "team": Step(
            gettext_lazy("Gather the team’s ideas"),
            gettext_lazy("Those who work there know what would help"),
        ),
        "client": Step(
            gettext_lazy("Talk with the client about ways of working"),
            gettext_lazy("Hours, deadlines, who decides what"),
        ),
        "staffing": Step(
            gettext_lazy("Review who works there, and for how long"),
            gettext_lazy("An end date in sight helps"),
        ),
    },
    Rule.CLIENT_DECLINING: {
        "listen": Step(
            gettext_lazy("Ask those who work there how it goes"),
            gettext_lazy("One to one, without speaking of the alert as a fact"),
        ),
        "client": Step(
            gettext_lazy("Talk with the client about ways of working"),
            gettext_lazy("Hours, deadlines, who decides what"),
        ),
        "wait": Step(
            gettext_lazy("Look again when the next figures come out"),
            gettext_lazy("A sign comes early, and is sometimes due to chance"),
        ),
    },
    Rule.PAST_END: {
        "extend": Step(
            gettext_lazy("Write down who still works there"),
            gettext_lazy("A new assignment from today: past dates are not edited"),
        ),
        "next": Step(
            gettext_lazy("Plan who comes next"),
            gettext_lazy("Before the last day, so that the work can be handed over"),
        ),
        "end": Step(
            gettext_lazy("Give the mission its last day"),
            gettext_lazy("Agreed with the client where the work is not done"),
        ),
    },
    Rule.NOBODY_LEFT: {
        "next": Step(
            gettext_lazy("Plan who comes next"),
            gettext_lazy("Before the last day, so that the work can be handed over"),
        ),
        "two": Step(
            gettext_lazy("Share the mission between two people"),
            gettext_lazy("A demanding mission weighs less on two"),
        ),
        "end": Step(
            gettext_lazy("Give the mission its last day"),
            gettext_lazy("Agreed with the client where the work is not done"),
        ),
    },
    Rule.LOW_PARTICIPATION: {
        "told": Step(
            gettext_lazy("Tell people what their answers have changed"),
            gettext_lazy("Answering pays where something moves"),
        ),
        "ask": Step(
            gettext_lazy("Ask the teams what would make answering worth it"),
            gettext_lazy("Together; nobody is asked whether they have answered"),
        ),
        "moment": Step(
            gettext_lazy("Look at the moment and at the questions"),
            gettext_lazy("Day, hour, number of questions: the administrator can change them"),
        ),
    },
}
# The same code says the same in every rule.
EVERY_STEP = {code: step for steps in STEPS.values() for code, step in steps.items()}
ICONS = {
    Rule.PERSON_OVER_SHARE: "scales",
    Rule.FIRM_IMBALANCE: "scales",
    Rule.CLIENT_BELOW: "trend",
    Rule.CLIENT_DECLINING: "trend",
    Rule.PAST_END: "calendar",
    Rule.NOBODY_LEFT: "calendar",
    Rule.LOW_PARTICIPATION: "people",
}
KINDS = {
    Rule.PERSON_OVER_SHARE: gettext_lazy("One person"),
    Rule.FIRM_IMBALANCE: gettext_lazy("Firm"),
    Rule.CLIENT_BELOW: gettext_lazy("Client"),
    Rule.CLIENT_DECLINING: gettext_lazy("Client"),
    Rule.PAST_END: gettext_lazy("Mission"),
    Rule.NOBODY_LEFT: gettext_lazy("Mission"),
    Rule.LOW_PARTICIPATION: gettext_lazy("Participation"),
}
EXACT_RULES = {
    Rule.PERSON_OVER_SHARE: gettext_lazy(
        "At each close, the load of everybody present in at least 6 of the last 13 rounds is"
        " compared with 500 random deals of the same missions among the people there at the same"
        " dates. An alert needs a load above 95 of 100 deals, and two demanding missions in a row"
        " or 6 demanding rounds. Over the whole firm, on average at most one alert in ten is due"
        " to chance."
    ),
    Rule.FIRM_IMBALANCE: gettext_lazy(
        "The unevenness of loads (Gini’s index) is above what 95 of 100 random deals of the same"
        " missions give, two rounds running."
    ),
    Rule.CLIENT_BELOW: gettext_lazy(
        "In the latest published period, the whole interval of the client’s figure, rounded as it"
        " is published, lies below the firm’s figure. The alert closes by itself once a later"
        " period no longer says so."
    ),
    Rule.CLIENT_DECLINING: gettext_lazy(
        "At each close, what each person answers is compared with what they themselves answered"
        " before, and the movement of the rest of the firm is taken away. A sign is given where"
        " the last rounds together go down further than chance alone brings about once in some"
        " eight years at a client, and at least 5 people (more where the firm asks for more) are"
        " in them. No figure is kept or shown. The alert closes by itself after six rounds"
        " without a new sign."
    ),
    Rule.PAST_END: gettext_lazy(
        "More than a week ago the last assignment of this mission ended, or the last person left"
        " the firm, and the mission goes on. Looked at every day. An alert opens within half a"
        " year of that day; once somebody has closed it, it opens again only after another"
        " assignment has ended. It closes by itself once somebody is assigned, or the mission"
        " ends."
    ),
    Rule.NOBODY_LEFT: gettext_lazy(
        "The mission was among the most demanding of the last round, its last assignments end"
        " within eight weeks, nobody is assigned after them, and the mission goes on. Looked at"
        " every day. Once their end has been past for a week, the alert goes on as one on a"
        " mission without anybody. It closes by itself once somebody is assigned for later, or"
        " the mission ends with them."
    ),
    Rule.LOW_PARTICIPATION: gettext_lazy(
        "The share of people who answered, rounded as it is shown, lies under the number chosen"
        " on the settings page in the last two rounds. The firm, and units of 10 people or more;"
        " inside a larger unit for which it is so, none is opened. It closes by itself once a"
        " round is no longer under that number."
    ),
}
CLOSINGS = {"cause_gone": gettext_lazy("The cause has gone: closed by itself.")}
FIGURES_WITHDRAWN = "figures_withdrawn"
MOVES = CLOSINGS | {FIGURES_WITHDRAWN: gettext_lazy("its published figures were withdrawn")}
