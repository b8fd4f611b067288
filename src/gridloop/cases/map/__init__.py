"""The one map: what is in a piece of it, as marks, figures, lists, files and cards."""
