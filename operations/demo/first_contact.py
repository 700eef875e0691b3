"""What the demo firm does with its charter: prospects, two exceptions, a path that worked, one on
which nothing moves, and those that go on."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.timezone import localdate

from accounts.models import User
from clients import charter, paths, screening, stances
from clients.models import (
    Charter,
    CharterException,
    Client,
    Path,
    PathRequest,
    Prospect,
    Seen,
)
from clients.stances import Said

SEEN, NOT, CONTRARY = Seen.Verdict.SEEN, Seen.Verdict.NOT_SEEN, Seen.Verdict.CONTRARY
Line = tuple[str, str, str]
YES, PARTLY, NO = PathRequest.Answer.YES, PathRequest.Answer.PARTLY, PathRequest.Answer.NO

# By round: what is decided two days after its close.
REFUSED_AFTER, ORSEL_AFTER, FERROTIS_AFTER, ORSEL_AGAIN_AFTER = 16, 12, 21, 19
ASKED_AFTER, DONE_AFTER, FORGOTTEN_AFTER = 9, 16, 22
NAUTILIS_AFTER, LOGIPHARM_AFTER, MUTELIA_AFTER = 15, 17, 21
NAUTILIS_SAYS_AFTER = 18

ORSEL_WHY = "L’astreinte du week-end est imposée ; nous restons le temps de la renégocier."
ORSEL_AGAIN = "Une deuxième personne est d’astreinte ; le paiement reste à obtenir."
FERROTIS_WHY = "Trois chantiers en retard : nous finissons l’hiver avec eux, à effectif constant."
REFUSAL = "On nous a demandé d’écarter quelqu’un pour son âge."


def after_round(number: int, now: datetime) -> None:
    """Play what belongs to that round."""
    for when, act in (
        (ASKED_AFTER, _ask_logipharm),
        (ORSEL_AFTER, _keep_orsel),
        (NAUTILIS_AFTER, _ask_nautilis),
        (NAUTILIS_SAYS_AFTER, _answer_of_nautilis),
        (DONE_AFTER, _finish_logipharm),
        (REFUSED_AFTER, _refuse),
        (LOGIPHARM_AFTER, _ask_logipharm_again),
        (ORSEL_AGAIN_AFTER, _look_at_orsel),
        (FERROTIS_AFTER, _keep_ferrotis),
        (MUTELIA_AFTER, _ask_mutelia),
        (FORGOTTEN_AFTER, _forget_kermadec),
    ):
        if number == when:
            act(now)
    if number >= ASKED_AFTER and number % MEET_EVERY == 0:
        _meet_again(now)


def meet_now(*, now: datetime) -> None:
    """Two prospects are being met: one on the way, with its path, and one of whom little is
    known."""
    before = now - timedelta(days=20)
    lines = [
        (SEEN, "Nos interlocuteurs écoutent et répondent.", ""),
        (CONTRARY, "Deux appels tard le soir pendant l’avant-vente.", ""),
        (SEEN, "Une journée de formation par trimestre, tenue.", ""),
        (SEEN, "Un confrère est payé à trente jours.", ""),
        (NOT, "", ""),
    ]
    met = _meet("Tisserand Logistique", "Transport", Prospect.Source.CLIENT, "marc", before)
    _screen(met, lines, "marc", before)
    path = Path(
        prospect=met,
        decides_there="Directrice des opérations",
        next_meeting_on=localdate(now) + timedelta(days=13),
    )
    marc = User.objects.get(ref="marc")
    paths.open_path(path=path, by=marc, now=before)
    _ask(path, PathRequest.Kind.HOURS, "Pas d’appel après 18 h 30, sauf incident.", before)
    _stand(before)
    met = _meet("Musée de la Forge", "Public", Prospect.Source.TENDER, "L001", before)
    _screen(met, [(SEEN, "Accueil simple et direct.", ""), *[(NOT, "", "")] * 4], "L001", before)


def _stand(now: datetime) -> None:
    """One shares that a client goes against her values, another keeps his doubts to himself."""
    banks, energy = Client.objects.get(ref="ORSEL"), Client.objects.get(ref="KERMADEC")
    shared = Said(word="against", sentence="Elle finance ce que je combats.", shared=True)
    stances.say(person=User.objects.get(ref="L005"), client=banks, said=shared, now=now)
    kept = Said(word="discuss")
    stances.say(person=User.objects.get(ref="L003"), client=energy, said=kept, now=now)
    stances.wish_for_sector(
        person=User.objects.get(ref="L001"), sector="Public", wish="for", shared=True, now=now
    )


def _meet(name: str, sector: str, source: str, who: str, now: datetime) -> Prospect:
    row = Prospect(name=name, sector=sector, source=source)
    return screening.meet(prospect=row, by=User.objects.get(ref=who), now=now)


def _screen(prospect: Prospect, lines: Sequence[Line], who: str, now: datetime) -> None:
    newest = Charter.objects.newest()
    if newest is None:
        return
    found = [
        screening.Finding(value, verdict, evidence, red_line=bool(red))
        for value, (verdict, evidence, red) in zip(charter.chosen(newest), lines, strict=False)
    ]
    by = User.objects.get(ref=who)
    screening.screen(prospect=prospect, charter=newest, found=found, by=by, now=now)


def _refuse(now: datetime) -> None:
    met = _meet("Cabinet Vauban", "Assurance", Prospect.Source.CAME, "helene", now)
    lines = [
        (CONTRARY, "« Pas de plus de cinquante ans dans l’équipe. »", "crossed"),
        (NOT, "", ""),
        (CONTRARY, "Aucun temps prévu pour se former.", ""),
        (SEEN, "Paiement à trente jours, sur contrat.", ""),
        (NOT, "", ""),
    ]
    _screen(met, lines, "helene", now)
    by = User.objects.get(ref="helene")
    screening.refuse(prospect=met, sentence=REFUSAL, by=by, now=now + timedelta(days=2))


def _keep(ref: str, sentence: str, who: str, weeks: int, now: datetime) -> None:
    screening.make_exception(
        client=Client.objects.get(ref=ref),
        going_on=screening.GoingOn(sentence, localdate(now) + timedelta(weeks=weeks)),
        by=User.objects.get(ref=who),
        now=now,
    )


def _keep_orsel(now: datetime) -> None:
    _keep("ORSEL", ORSEL_WHY, "helene", 30, now)


def _look_at_orsel(now: datetime) -> None:
    row = CharterException.objects.get(client__ref="ORSEL")
    screening.look_again(
        exception=row,
        sentence=ORSEL_AGAIN,
        until=localdate(now) + timedelta(weeks=40),
        by=User.objects.get(ref="helene"),
        now=now,
    )


def _keep_ferrotis(now: datetime) -> None:
    _keep("FERROTIS", FERROTIS_WHY, "camille", 40, now)


def _open(ref: str, there: str, who: str, meeting: timedelta, now: datetime) -> Path:
    path = Path(
        client=Client.objects.get(ref=ref),
        decides_there=there,
        next_meeting_on=localdate(now) + meeting,
    )
    return paths.open_path(path=path, by=User.objects.get(ref=who), now=now)


def _ask(path: Path, kind: str, sentence: str, now: datetime) -> PathRequest:
    asked = PathRequest(path=path, kind=kind, sentence=sentence, asked_on=localdate(now))
    return paths.ask(request=asked, by=path.opened_by, now=now)


def _ask_logipharm(now: datetime) -> None:
    path = _open("LOGIPHARM", "Responsable des études", "marc", UNTIL_MEETING, now)
    for kind, sentence in (
        (PathRequest.Kind.REMOTE, "Deux jours à distance par semaine."),
        (PathRequest.Kind.CONTACT, "Une personne qui tranche, joignable chaque jour."),
        (PathRequest.Kind.ON_CALL, "L’astreinte de mise en production payée."),
    ):
        _ask(path, kind, sentence, now)


def _finish_logipharm(now: datetime) -> None:
    path = Path.objects.open().get(client__ref="LOGIPHARM")
    marc = User.objects.get(ref="marc")
    for row, (answer, words) in zip(
        path.requests.all(),
        ((YES, "Dès le mois prochain."), (YES, "Une cheffe de produit est nommée."), (PARTLY, "")),
        strict=True,
    ):
        row.answer, row.words = answer, words
        row.answered_on = localdate(now) - timedelta(days=7)
        paths.answered(request=row, by=marc, now=now)
    paths.end_path(
        path=path,
        state=Path.State.FINISHED,
        outcome="Deux jours à distance et une interlocutrice ; l’astreinte reste à demi payée.",
        by=marc,
        now=now,
    )


def _forget_kermadec(now: datetime) -> None:
    path = _open("KERMADEC", "Chef de projet", "marc", timedelta(weeks=4), now)
    row = _ask(path, PathRequest.Kind.NOTICE, "Les demandes du mois avant le 25.", now)
    row.answer, row.answered_on = NO, localdate(now)
    paths.answered(request=row, by=User.objects.get(ref="marc"), now=now)


# One meets them again every twelve weeks; the last meeting is to come when the demo opens.
WALKED = ("NAUTILIS", "LOGIPHARM", "MUTELIA")
MEET_EVERY, UNTIL_MEETING = 3, timedelta(weeks=13)


def _meet_again(now: datetime) -> None:
    for path in Path.objects.open().filter(client__ref__in=WALKED).order_by("pk"):
        paths.meet_next(
            path=path,
            decides_there=path.decides_there,
            on=localdate(now) + UNTIL_MEETING,
            by=path.opened_by,
            now=now,
        )


def _answer_of_nautilis(now: datetime) -> None:
    row = PathRequest.objects.get(path__client__ref="NAUTILIS")
    row.answer, row.words = PARTLY, "Réglés, sauf les nuits d’escale."
    row.answered_on = localdate(now)
    paths.answered(request=row, by=row.path.opened_by, now=now)


def _ask_nautilis(now: datetime) -> None:
    path = _open("NAUTILIS", "Directeur de l’escale", "camille", UNTIL_MEETING, now)
    _ask(path, PathRequest.Kind.HOURS, "Des horaires réglés pendant les escales.", now)


def _ask_logipharm_again(now: datetime) -> None:
    path = _open("LOGIPHARM", "Responsable des études", "marc", UNTIL_MEETING, now)
    _ask(path, PathRequest.Kind.PAYMENT, "Le reste de l’astreinte payé à trente jours.", now)
    _ask(path, PathRequest.Kind.LEARNING, "Un jour par trimestre pour se former.", now)


def _ask_mutelia(now: datetime) -> None:
    path = _open("MUTELIA", "Directrice des opérations", "camille", UNTIL_MEETING, now)
    _ask(path, PathRequest.Kind.CONTACT, "Un point chaque mois avec les équipes.", now)
