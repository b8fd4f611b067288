"""Announcements (通告): a unit or supervisor tells an area of what is coming, a second person looks where several counties are told, residents hear of it."""
