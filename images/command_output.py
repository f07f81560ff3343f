"""What a program says."""

import subprocess


def output_of(*command):
    return subprocess.run(command, check=True, capture_output=True,
                          text=True).stdout
