"""`python -m scaling_search.cli`, where the script is not on the path."""

from scaling_search.cli import main

main()
