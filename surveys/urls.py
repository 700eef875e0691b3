"""Addresses of surveys."""

from django.urls import URLPattern, path

from surveys import views, views_questions, views_rounds

app_name = "surveys"

urlpatterns: list[URLPattern] = [
    path("check-in/<int:round_pk>/<int:mission_pk>/", views.checkin, name="checkin"),
    path(
        "check-in/<int:round_pk>/<int:mission_pk>/resume/",
        views.checkin_resume,
        name="checkin_resume",
    ),
    path("questions/", views_questions.question_list, name="question_list"),
    path("questions/new/", views_questions.question_create, name="question_create"),
    path("questions/preview/", views_questions.question_preview, name="question_preview"),
    path("questions/review/", views_questions.question_review, name="question_review"),
    path("questions/<int:pk>/", views_questions.question_edit, name="question_edit"),
    path("questions/<int:pk>/move/", views_questions.question_move, name="question_move"),
    path("questions/<int:pk>/discard/", views_questions.question_discard, name="question_discard"),
    path("questions/<int:pk>/retire/", views_questions.question_retire, name="question_retire"),
    path("questions/<int:pk>/delete/", views_questions.question_delete, name="question_delete"),
    path("questions/<int:pk>/restore/", views_questions.question_restore, name="question_restore"),
    path("rounds/", views_rounds.round_list, name="round_list"),
]
