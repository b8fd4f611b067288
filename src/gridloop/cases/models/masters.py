"""Masters: tables that a city edits. Every row says from when until when it holds, where it comes from, and which version it is."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Dated(models.Model):
    """A row that holds from a day until a day; the row in force has no end. `version` counts the rows of one key."""

    version = models.PositiveIntegerField(default=1)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    confidence = models.TextField(default="constructed")
    source = models.TextField(default="")

    class Meta:
        """Shared by all masters."""

        abstract = True


def one_in_force(name: str, *fields: str) -> models.UniqueConstraint:
    """At most one row of a key without an end."""
    return models.UniqueConstraint(fields=fields, condition=Q(valid_to__isnull=True), name=name)


class MastersVersion(models.Model):
    """One row; triggers on every master table raise its number, so that each process knows when to read them anew."""

    number = models.BigIntegerField(default=1)

    class Meta:
        """A table of one row."""

        db_table = "cases_masters_version"


class CaseClass(Dated):
    """A subclass of components (114) or events (74), GB/T 30428.2 and local practice."""

    kind = models.TextField()
    code = models.TextField()
    class_code = models.TextField()
    class_zh = models.TextField()
    class_en = models.TextField()
    name_zh = models.TextField()
    name_en = models.TextField()
    dept_kind = models.TextField()
    dept_zh = models.TextField()
    dept_en = models.TextField()
    geometry = models.TextField()
    urgency = models.TextField()
    code_certainty = models.TextField(default="")

    class Meta:
        """One row in force for each kind and code."""

        db_table = "cases_class"
        constraints = [one_in_force("cases_class_in_force", "kind", "code")]


class FilingRule(Dated):
    """A condition under which a class is filed, the limit the unit then has, and the condition for closing."""

    kind = models.TextField()
    code = models.TextField()
    rule_no = models.PositiveSmallIntegerField()
    condition_zh = models.TextField()
    condition_en = models.TextField()
    limit_value = models.FloatField()
    limit_unit = models.TextField()
    tier_a = models.FloatField()
    tier_b = models.FloatField()
    tier_c = models.FloatField()
    urgency = models.TextField()
    closing_zh = models.TextField()
    closing_en = models.TextField()

    class Meta:
        """One row in force for each class and number; a limit is never empty or zero."""

        db_table = "cases_filing_rule"
        constraints = [
            one_in_force("cases_filing_rule_in_force", "kind", "code", "rule_no"),
            models.CheckConstraint(
                condition=Q(limit_value__gt=0, tier_a__gt=0, tier_b__gt=0, tier_c__gt=0), name="cases_filing_rule_limit"
            ),
        ]


class StageLimit(Dated):
    """How long a case may wait in a state."""

    state = models.TextField()
    limit_value = models.FloatField()
    limit_unit = models.TextField()

    class Meta:
        """One row in force for each state."""

        db_table = "cases_stage_limit"
        constraints = [one_in_force("cases_stage_limit_in_force", "state")]


class AreaTier(Dated):
    """How strictly time is kept in an area: A, B or C by area prefix; the longest prefix counts."""

    area = models.TextField(db_collation="C")
    tier = models.TextField()

    class Meta:
        """One row in force for each area."""

        db_table = "cases_area_tier"
        constraints = [one_in_force("cases_area_tier_in_force", "area")]


class Calendar(models.Model):
    """A working calendar; `years` are those with a published arrangement."""

    code = models.TextField(unique=True)
    years = models.JSONField(default=list)
    source = models.TextField()

    class Meta:
        """Small."""

        db_table = "cases_calendar"


class CalendarDay(models.Model):
    """A day that differs from Monday to Friday: a public holiday, or a make-up day at a weekend."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    works = models.BooleanField()
    name = models.TextField(default="")
    confidence = models.TextField(default="standard")
    source = models.TextField(default="")

    class Meta:
        """One row for each day."""

        db_table = "cases_calendar_day"
        constraints = [models.UniqueConstraint(fields=["calendar", "day"], name="cases_calendar_day_once")]


class WorkingHours(Dated):
    """Working periods of the city (`unit_id` empty) or of one unit: "08:30-12:00,14:00-18:00"."""

    unit_id = models.BigIntegerField(null=True, blank=True)
    periods = models.TextField()
    calendar = models.TextField(default="cn")

    class Meta:
        """One row in force for the city and each unit."""

        db_table = "cases_working_hours"
        constraints = [
            models.UniqueConstraint(
                fields=["unit_id"],
                condition=Q(valid_to__isnull=True),
                nulls_distinct=False,
                name="cases_working_hours_in_force",
            )
        ]


class RoutingRule(Dated):
    """Class x area -> unit or kind of department; specific before general, versioned."""

    priority = models.IntegerField(default=100)
    class_kind = models.TextField(blank=True, default="")
    class_prefix = models.TextField(blank=True, default="")
    area = models.TextField(blank=True, default="", db_collation="C")
    unit_id = models.BigIntegerField(null=True, blank=True)
    dept_kind = models.TextField(blank=True, default="")
    note_zh = models.TextField(blank=True, default="")
    note_en = models.TextField(blank=True, default="")

    class Meta:
        """A rule names a unit or a kind of department."""

        db_table = "cases_routing_rule"
        constraints = [
            models.CheckConstraint(
                condition=Q(unit_id__isnull=False) | ~Q(dept_kind=""), name="cases_routing_rule_names_a_target"
            ),
            models.UniqueConstraint(
                fields=["priority", "class_kind", "class_prefix", "area"],
                condition=Q(valid_to__isnull=True),
                name="cases_routing_rule_in_force",
            ),
        ]


class UnitMerger(Dated):
    """Whatever would go to the first unit goes to the second one: two units were merged, or one was given up."""

    from_unit = models.BigIntegerField()
    to_unit = models.BigIntegerField()

    class Meta:
        """A unit has one successor at a time, and is not its own."""

        db_table = "cases_unit_merger"
        constraints = [
            one_in_force("cases_unit_merger_in_force", "from_unit"),
            models.CheckConstraint(condition=~Q(from_unit=models.F("to_unit")), name="cases_unit_merger_of_two"),
        ]


class EscalationRule(Dated):
    """One rung of the ladder: about the stage or the whole, soon / overdue / twice, who is told."""

    code = models.TextField()
    about = models.TextField()
    moment = models.TextField()
    minutes = models.PositiveIntegerField()
    duties = models.JSONField(default=list)
    level = models.PositiveSmallIntegerField(default=0)
    name_zh = models.TextField()
    name_en = models.TextField()

    class Meta:
        """One row in force for each code."""

        db_table = "cases_escalation_rule"
        constraints = [one_in_force("cases_escalation_rule_in_force", "code")]


class ReturnRule(Dated):
    """A clause that a unit cites when it returns a case."""

    code = models.TextField()
    name_zh = models.TextField()
    name_en = models.TextField()

    class Meta:
        """One row in force for each code."""

        db_table = "cases_return_rule"
        constraints = [one_in_force("cases_return_rule_in_force", "code")]


class RefusalReason(Dated):
    """A reason for not filing; the reporter is told it in these words."""

    code = models.TextField()
    name_zh = models.TextField()
    name_en = models.TextField()

    class Meta:
        """One row in force for each code."""

        db_table = "cases_refusal_reason"
        constraints = [one_in_force("cases_refusal_reason_in_force", "code")]


class SuspendReason(Dated):
    """A typed reason for stopping the clock, with a budget of natural hours and whether it must be shown."""

    code = models.TextField()
    name_zh = models.TextField()
    name_en = models.TextField()
    budget_hours = models.FloatField()
    proof = models.BooleanField(default=False)
    proof_zh = models.TextField(blank=True, default="")
    proof_en = models.TextField(blank=True, default="")

    class Meta:
        """One row in force for each code."""

        db_table = "cases_suspend_reason"
        constraints = [one_in_force("cases_suspend_reason_in_force", "code")]


class AnswerTemplate(Dated):
    """What a reporter is told after a verb; {number}, {title}, {unit}, {note}, {reason}, {closing} are filled in."""

    code = models.TextField()
    verb = models.TextField()
    title_zh = models.TextField()
    title_en = models.TextField()
    text_zh = models.TextField()
    text_en = models.TextField()

    class Meta:
        """One row in force for each code."""

        db_table = "cases_answer_template"
        constraints = [one_in_force("cases_answer_template_in_force", "code")]
