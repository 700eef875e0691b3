"""Loads, rotations that would help, and the status of each client."""

from balancing.models.loads import Load as Load
from balancing.models.loads import LoadPass as LoadPass
from balancing.models.loads import MissionDemand as MissionDemand
from balancing.models.rotations import Rotation as Rotation
from balancing.models.rotations import RotationMove as RotationMove
from balancing.models.rotations import RotationNotice as RotationNotice
from balancing.models.rotations import RotationRun as RotationRun
from balancing.models.statuses import ClientStatus as ClientStatus
from balancing.models.statuses import StatusPass as StatusPass
from balancing.models.statuses import StatusRule as StatusRule
