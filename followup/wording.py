"""The words that each rule has: what can be done, the exact rule, a mark, a kind."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy

from balancing.maths.status import Reason
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
    Rule.CHARTER_DRIFT: {
        "talk_together": Step(
            gettext_lazy("Talk about it with everybody"),
            gettext_lazy("Why we said yes, and what we would have needed to say no"),
        ),
        "stop": Step(
            gettext_lazy("Accept no exception for a while"),
            gettext_lazy("Until those under way have been looked at again"),
        ),
        "charter": Step(
            gettext_lazy("Look at the charter again"),
            gettext_lazy("A rule that is always excepted is no rule any more"),
        ),
    },
    Rule.EXCEPTION_DUE: {
        "look": Step(
            gettext_lazy("Look at the exception again"),
            gettext_lazy("With those who work there; it goes on until another day, or is over"),
        ),
        "client": Step(
            gettext_lazy("Talk with the client about ways of working"),
            gettext_lazy("Hours, deadlines, who decides what"),
        ),
    },
    Rule.STALE_PATH: {
        "meet": Step(
            gettext_lazy("Meet whoever decides there"),
            gettext_lazy("With the requests, their dates, and what was answered"),
        ),
        "end_path": Step(
            gettext_lazy("End the path"),
            gettext_lazy("Finished, or given up, with what came of it"),
        ),
    },
    Rule.CLIENT_AT_RISK: {
        "red_line": Step(
            gettext_lazy("Decide about the red line, in writing"),
            gettext_lazy("Stop, or an exception: by whom, why, and the day to look again"),
        ),
        "open_path": Step(
            gettext_lazy("Open a path with the client"),
            gettext_lazy("Dated requests, whoever decides there, the next meeting"),
        ),
        "judge": Step(
            gettext_lazy("Judge the client with those who work there"),
            gettext_lazy("The review of clients, or the joint sheet where few people are there"),
        ),
    },
}
# Of a client at risk, which steps answer which reason.
ANSWERS = {
    Reason.RED_LINE: ("red_line", "judge"),
    Reason.RED_LINE_SCREENING: ("red_line", "judge"),
    Reason.FEW_SEEN: ("open_path", "judge"),
    Reason.NO_PATH: ("open_path",),
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
    Rule.CHARTER_DRIFT: "flag",
    Rule.EXCEPTION_DUE: "flag",
    Rule.STALE_PATH: "calendar",
    Rule.CLIENT_AT_RISK: "flag",
}
KINDS = {
    Rule.PERSON_OVER_SHARE: gettext_lazy("One person"),
    Rule.FIRM_IMBALANCE: gettext_lazy("Firm"),
    Rule.CLIENT_BELOW: gettext_lazy("Client"),
    Rule.CLIENT_DECLINING: gettext_lazy("Client"),
    Rule.PAST_END: gettext_lazy("Mission"),
    Rule.NOBODY_LEFT: gettext_lazy("Mission"),
    Rule.LOW_PARTICIPATION: gettext_lazy("Participation"),
    Rule.CHARTER_DRIFT: gettext_lazy("Firm"),
    Rule.EXCEPTION_DUE: gettext_lazy("Client"),
    Rule.STALE_PATH: gettext_lazy("Client"),
    Rule.CLIENT_AT_RISK: gettext_lazy("Client"),
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
    Rule.CHARTER_DRIFT: gettext_lazy(
        "In the last 26 weeks at least 3 exceptions to the charter were decided, and more than in"
        " the 26 weeks before; or the share of values found contrary at first contact rose by 15"
        " points or more, with at least 10 verdicts on each side. Where one consultant in ten or"
        " more is between missions, 2 exceptions and 10 points are enough: that is when a firm"
        " says yes too easily. Looked at every day. It closes by itself once it is no longer so."
    ),
    Rule.EXCEPTION_DUE: gettext_lazy(
        "The day to look at an exception again, chosen by who decided it, has passed. It closes"
        " by itself once somebody has looked: on until another day, or over."
    ),
    Rule.STALE_PATH: gettext_lazy(
        "A path is under way, its next meeting passed more than two weeks ago, or no meeting is"
        " planned and nothing was written for six weeks. It closes by itself once something"
        " moves, or the path ends."
    ),
    Rule.CLIENT_AT_RISK: gettext_lazy(
        "With the newest published figures the client is “at risk”, and was not with those"
        " before; or a red line is crossed there that was not. A client that was at risk from the"
        " start, without a red line, stands on the page about virtuous clients and raises no"
        " alert. Looked at every day. It closes by itself once later figures find the client no"
        " longer at risk, or nobody works there any more."
    ),
}
CLOSINGS = {"cause_gone": gettext_lazy("The cause has gone: closed by itself.")}
FIGURES_WITHDRAWN = "figures_withdrawn"
REASONS_WITHDRAWN = "reasons_withdrawn"
MOVES = CLOSINGS | {
    FIGURES_WITHDRAWN: gettext_lazy("its published figures were withdrawn"),
    REASONS_WITHDRAWN: gettext_lazy("what it rested on was withdrawn"),
}
