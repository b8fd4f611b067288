"""Keeps what tiles are drawn from in order."""

from __future__ import annotations

from django.db import connection, transaction

from gridloop.places.queries.tiles import forget_tiles


def refresh_tiles(*, reorder: bool = False) -> int:
    """Counts the clusters of components anew and returns their number; `reorder` also rewrites the points in geohash order."""
    with transaction.atomic(), connection.cursor() as cursor:
        if reorder:
            cursor.execute("select places_recluster_points()")
        cursor.execute("select places_refresh_clusters()")
        squares = int(cursor.fetchone()[0])
    if reorder:
        with connection.cursor() as cursor:
            cursor.execute("analyze places_componentpoint, places_componentcluster")
    forget_tiles()
    return squares
