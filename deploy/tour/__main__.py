"""`python -m deploy.tour --address http://localhost:8000 --var var`: status 0 when all went well."""

import argparse
import logging
import sys
from pathlib import Path

from deploy.tour.browser import Site
from deploy.tour.report import Cut, Report
from deploy.tour.story import Tour


def main() -> int:
    """Walk through the system at an address."""
    parser = argparse.ArgumentParser(prog="python -m deploy.tour", description=__doc__)
    parser.add_argument("--address", default="http://localhost:8000")
    parser.add_argument("--var", type=Path, required=True, help="where the demo's mail and addresses lie")
    options = parser.parse_args()
    logging.disable(logging.INFO)
    authority = options.var / "lan" / "authority.pem"
    secure = options.address.startswith("https:") and authority.exists()
    report = Report()
    tour = Tour(report, Site.at(options.address, authority if secure else None), options.var)
    try:
        tour.walk()
    except Cut as cut:
        print(f"The tour ends here: “{cut}” is what the next steps stand on.", flush=True)
    finally:
        tour.close()
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
