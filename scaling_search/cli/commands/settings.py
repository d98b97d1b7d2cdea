"""`scaling-search settings`."""

from __future__ import annotations

from scaling_search.cli import options


def settings(output: options.Output) -> None:
    """List the service's settings and their values.

    A setting comes from the environment (SCALING_SEARCH_ and its name in capitals), else from a
    TOML file, else from its default. The database's URL is never shown.

    Example:
      scaling-search settings
    """
    from scaling_search.cli.views import settings as view

    document = view.settings_document()
    output.present(document, lambda out: view.show_settings(out, document))
