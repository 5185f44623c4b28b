"""The program's tables as Django sees them; it neither makes nor changes them."""

from uuid import uuid4

from django.db import models
from django.utils import timezone


class Row(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid4)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True


class Organization(Row):
    name = models.TextField()
    path = models.TextField()

    class Meta:
        managed = False
        db_table = "organization"


class Rectification(Row):
    county_id = models.UUIDField()
    organization = models.ForeignKey(Organization, models.DO_NOTHING, related_name="+")
    registered_at = models.ForeignKey(Organization, models.DO_NOTHING, related_name="+")
    responsible_unit = models.ForeignKey(Organization, models.DO_NOTHING, related_name="+", null=True)
    number = models.TextField()
    registered_on = models.DateField()
    source = models.TextField()
    severity = models.TextField()
    category = models.TextField()
    problem = models.TextField()
    source_document = models.TextField()
    source_clause = models.TextField()
    facts = models.TextField()
    measures = models.TextField()
    result = models.TextField()
    remark = models.TextField()
    responsible_leader = models.TextField()
    responsible_person = models.TextField()
    deadline_kind = models.TextField(null=True)
    original_due_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    status = models.TextField()
    extensions = models.IntegerField()
    supervised_at = models.DateTimeField(null=True)
    systemic = models.BooleanField()
    affects_people = models.BooleanField()
    closed_on = models.DateField(null=True)
    version = models.IntegerField()
    updated_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "rectification"


class ProcedureRun(Row):
    subject = models.OneToOneField(Rectification, models.DO_NOTHING, related_name="run")
    step = models.TextField(null=True)
    version = models.IntegerField()
    opened_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "procedure_run"


class ProcedureAct(Row):
    run = models.ForeignKey(ProcedureRun, models.DO_NOTHING, related_name="acts")
    sequence = models.IntegerField()
    step = models.TextField()
    outcome = models.TextField()
    by = models.UUIDField()
    by_name = models.TextField()
    at = models.DateTimeField()
    reason = models.TextField(default="")
    rule = models.TextField(default="")
    record = models.JSONField(null=True)
    evidence = models.JSONField(default=list)

    class Meta:
        managed = False
        db_table = "procedure_act"
        ordering = ("sequence",)


class OrganizationTally(models.Model):
    pk = models.CompositePrimaryKey("organization_id", "subject", "status")
    organization_id = models.UUIDField()
    subject = models.TextField()
    status = models.TextField()
    count = models.IntegerField(default=0)

    class Meta:
        managed = False
        db_table = "organization_tally"


class Event(Row):
    kind = models.TextField()
    county_id = models.UUIDField()
    organization_id = models.UUIDField()
    subject_kind = models.TextField()
    subject_id = models.UUIDField()
    actor_id = models.UUIDField()
    actor_name = models.TextField()
    at = models.DateTimeField()
    data = models.JSONField()

    class Meta:
        managed = False
        db_table = "event"
