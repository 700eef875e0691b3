"""Addresses of surveys."""

from django.urls import URLPattern, path

from surveys import (
    views,
    views_calendar,
    views_drafts,
    views_links,
    views_mails,
    views_opinions,
    views_questionnaire,
    views_questions,
    views_reviews,
    views_rounds,
    views_satisfaction,
    views_sketches,
    views_trials,
)

app_name = "surveys"

urlpatterns: list[URLPattern] = [
    path("check-in/<int:round_pk>/<int:mission_pk>/", views.checkin, name="checkin"),
    path(
        "check-in/<int:round_pk>/<int:mission_pk>/resume/",
        views.checkin_resume,
        name="checkin_resume",
    ),
    path("check-in/link/", views_links.link_send, name="link_send"),
    path("check-in/link/<str:token>/", views_links.link, name="link"),
    path("mail-settings/", views_mails.mail_settings, name="mail_settings"),
    path("mail-settings/trial/", views_trials.mail_trial, name="mail_trial"),
    path("mail-settings/units/<int:pk>/", views_mails.unit_slot, name="unit_slot"),
    path(
        "check-in/<int:round_pk>/<int:mission_pk>/draft/",
        views_drafts.draft_save,
        name="draft_save",
    ),
    path(
        "check-in/<int:round_pk>/<int:mission_pk>/draft/drop/",
        views_drafts.draft_drop,
        name="draft_drop",
    ),
    path("questions/", views_questions.question_list, name="question_list"),
    path("questions/new/", views_questions.question_create, name="question_create"),
    path("questions/preview/", views_questionnaire.question_preview, name="question_preview"),
    path("questions/review/", views_questionnaire.question_review, name="question_review"),
    path("questions/history/", views_questionnaire.question_history, name="question_history"),
    path("questions/bank/", views_questionnaire.question_bank, name="question_bank"),
    path("questions/undo/", views_questionnaire.question_undo, name="question_undo"),
    path("questions/drafts/<int:pk>/drop/", views_sketches.sketch_drop, name="sketch_drop"),
    path("questions/<int:pk>/", views_questions.question_edit, name="question_edit"),
    path("questions/<int:pk>/move/", views_questions.question_move, name="question_move"),
    path("questions/<int:pk>/discard/", views_questions.question_discard, name="question_discard"),
    path(
        "questions/<int:pk>/recast/", views_questionnaire.question_recast, name="question_recast"
    ),
    path("questions/<int:pk>/retire/", views_questions.question_retire, name="question_retire"),
    path("questions/<int:pk>/delete/", views_questions.question_delete, name="question_delete"),
    path("questions/<int:pk>/restore/", views_questions.question_restore, name="question_restore"),
    path("rounds/", views_rounds.round_list, name="round_list"),
    path("rounds/calendar/", views_calendar.calendar_year, name="calendar_year"),
    path("rounds/calendar/edit/", views_calendar.calendar_edit, name="calendar_edit"),
    path(
        "rounds/calendar/take-back/", views_calendar.calendar_take_back, name="calendar_take_back"
    ),
    path("rounds/pauses/new/", views_calendar.pause_create, name="pause_create"),
    path("rounds/pauses/<int:pk>/remove/", views_calendar.pause_remove, name="pause_remove"),
    path("rounds/<int:pk>/close/", views_calendar.round_close, name="round_close"),
    path("rounds/<int:pk>/close/undo/", views_calendar.round_close_undo, name="round_close_undo"),
    path(
        "reviews/<int:review_pk>/clients/<int:client_pk>/",
        views_reviews.client_review,
        name="client_review",
    ),
    path("reviews/plan/", views_reviews.review_plan, name="review_plan"),
    path("surveys/clients/", views_satisfaction.satisfaction_plan, name="satisfaction_plan"),
    path("opinion/<str:token>/", views_opinions.opinion, name="opinion"),
    path("opinion/<str:token>/stop/", views_opinions.opinion_stop, name="opinion_stop"),
    path("opinion/<str:token>/again/", views_opinions.opinion_again, name="opinion_again"),
]
