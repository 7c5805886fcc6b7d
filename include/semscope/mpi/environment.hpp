#pragma once

namespace semscope::mpi {

/// Initialises MPI for the lifetime of the object; one per process, in `main`.
///
/// MPI calls are made from the main thread and, where MPI gives MPI_THREAD_MULTIPLE, from the thread of an Overseer;
/// decode workers never call MPI. MPI_THREAD_FUNNELED is the least that is accepted.
/// The destructor calls MPI_Finalize, except while an exception unwinds: the other ranks may then sit in a collective
/// call, MPI_Finalize would wait for them for ever, and the launcher ends the job when it sees this process end
/// without.
class Environment {
  public:
    /// Collective over all processes of the job. Throws LibraryError when MPI does not give the thread level.
    Environment(int& argc, char**& argv);
    ~Environment();
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;
};

}  // namespace semscope::mpi
