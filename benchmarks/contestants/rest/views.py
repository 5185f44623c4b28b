"""Django REST Framework with its defaults: model serializers, generic views, pages by number, one thread a connection.

Run as `gunicorn benchmarks.contestants.rest.views:application`.
"""

import os
from typing import Any, ClassVar
from uuid import UUID

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.contestants.rest.settings")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from django.db import transaction  # noqa: E402 - after settings
from django.db.models import F  # noqa: E402 - after settings
from django.urls import path  # noqa: E402 - after settings
from django.utils import timezone  # noqa: E402 - after settings
from rest_framework import generics, serializers  # noqa: E402 - after settings
from rest_framework.request import Request  # noqa: E402 - after settings
from rest_framework.response import Response  # noqa: E402 - after settings
from rest_framework.views import APIView  # noqa: E402 - after settings

from benchmarks.contestants.rest import models  # noqa: E402 - after settings
from benchmarks.contestants.rows import ACTOR, ACTOR_ID, EVENT_KIND, SECOND_SEQUENCE  # noqa: E402 - after settings

ROOT = os.environ["BENCH_PATH"]
ROWS = models.Rectification.objects.filter(organization__path__gte=ROOT, organization__path__lt=ROOT[:-1] + "0")


class Place(serializers.ModelSerializer[models.Organization]):
    class Meta:
        model = models.Organization
        fields = ("id", "name")


class Act(serializers.ModelSerializer[models.ProcedureAct]):
    class Meta:
        model = models.ProcedureAct
        fields = ("id", "sequence", "step", "outcome", "by", "by_name", "at", "reason", "record", "evidence")


class Item(serializers.ModelSerializer[models.Rectification]):
    organization = Place()
    registered_at = Place()
    responsible_unit = Place()
    step = serializers.CharField(source="run.step")
    supervised = serializers.SerializerMethodField()

    class Meta:
        model = models.Rectification
        fields: ClassVar[tuple[str, ...]] = (
            *("id", "number", "organization", "registered_at", "responsible_unit", "registered_on", "source"),
            *("severity", "category", "problem", "responsible_leader", "responsible_person", "deadline_kind"),
            *("original_due_on", "due_on", "status", "step", "extensions", "supervised", "systemic"),
            *("affects_people", "closed_on", "version", "created_at", "updated_at"),
        )

    def get_supervised(self, item: models.Rectification) -> bool:
        return item.supervised_at is not None


class WholeItem(Item):
    acts = Act(source="run.acts", many=True)

    class Meta(Item.Meta):
        fields = (
            *Item.Meta.fields,
            *("source_document", "source_clause", "facts", "measures", "result", "remark", "acts"),
        )


class Items(generics.ListAPIView[models.Rectification]):
    queryset = ROWS.select_related("organization", "registered_at", "responsible_unit", "run").order_by(
        "-created_at", "-id"
    )
    serializer_class = Item


class OneItem(generics.RetrieveAPIView[models.Rectification]):
    queryset = ROWS.select_related("organization", "registered_at", "responsible_unit", "run").prefetch_related(
        "run__acts"
    )
    serializer_class = WholeItem


class ActIn(serializers.Serializer[Any]):
    step = serializers.CharField()
    outcome = serializers.CharField()


class ActOnItem(APIView):
    @transaction.atomic
    def post(self, request: Request, pk: UUID) -> Response:
        said = ActIn(data=request.data)
        said.is_valid(raise_exception=True)
        now, wanted = timezone.now(), said.validated_data
        item = models.Rectification.objects.select_for_update().get(pk=pk)
        run = models.ProcedureRun.objects.select_for_update().get(subject_id=pk)
        item.status, item.version, item.updated_at = "signed_for", item.version + 1, now
        item.save(update_fields=("status", "version", "updated_at"))
        run.step, run.version, run.opened_at, run.updated_at = "plan", run.version + 1, now, now
        run.save(update_fields=("step", "version", "opened_at", "updated_at"))
        run.acts.create(sequence=SECOND_SEQUENCE + run.version, by=ACTOR_ID, by_name=ACTOR, at=now, **wanted)
        for status, change in (("assigned", -1), ("signed_for", 1)):
            place = {"organization_id": item.organization_id, "subject": "rectification", "status": status}
            if not models.OrganizationTally.objects.filter(**place).update(count=F("count") + change):
                models.OrganizationTally.objects.create(**place, count=change)
        models.Event.objects.create(
            kind=EVENT_KIND,
            county_id=item.county_id,
            organization_id=item.organization_id,
            subject_kind="rectification",
            subject_id=pk,
            actor_id=ACTOR_ID,
            actor_name=ACTOR,
            at=now,
            data={"act": dict(wanted)},
        )
        return Response({"id": pk, "version": item.version, "status": item.status, "step": run.step})


urlpatterns = [
    path("page", Items.as_view()),
    path("one/<uuid:pk>", OneItem.as_view()),
    path("act/<uuid:pk>", ActOnItem.as_view()),
]
