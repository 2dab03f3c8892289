// Most of a run is waiting for programs that wait themselves. What measures, or counts what is left on the host, is alone.
[assembly: Parallelizable(ParallelScope.Fixtures)]
[assembly: LevelOfParallelism(3)]
