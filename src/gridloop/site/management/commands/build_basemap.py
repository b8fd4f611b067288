"""`build_basemap OUT --seed 1`: the demonstration's base map as one PMTiles file."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gridloop.site.basemap.build import build


class Command(BaseCommand):
    """Builds the base map; the same seed gives the same bytes."""

    help = "Build the synthetic base map of Xiamen as one PMTiles file (示范数据 / synthetic)."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """The seed and the file to write."""
        parser.add_argument("--seed", type=int, default=1, help="the seed of the invented streets; data/basemap has 1")
        parser.add_argument("out", type=Path, help="the .pmtiles file to write")

    def handle(self, *_args: object, **options: object) -> None:
        """Write the file and say what it holds."""
        out, seed = options["out"], options["seed"]
        if not isinstance(out, Path) or not isinstance(seed, int):
            message = "build_basemap needs a file to write and a whole number as seed / 需要输出文件与整数种子"
            raise CommandError(message)
        if not out.parent.is_dir():
            message = f"{out.parent} is not a folder; make it first / 目录不存在,请先建立"
            raise CommandError(message)
        tiles = build(out, seed)
        self.stdout.write(f"{out}: {tiles} tiles, {out.stat().st_size / 1e6:.1f} MB, seed {seed}")
