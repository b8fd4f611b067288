"""The monthly report: gathered once, then drawn as PDF or written as XLSX."""
