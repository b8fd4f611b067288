"""Why a case went where it went: the rule, its version and grant, which units were possible, the limit, the forecast, and what proposals would do."""
