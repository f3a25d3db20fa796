@echo off
rem Shares jobs out among workers. Each job goes to one worker, whichever is free.
rem     queue.bat work               does jobs, in as many windows as you like
rem     queue.bat give [FOLDER]      each file in FOLDER is a job; shows the results, ends the workers
rem     queue.bat /test              three workers in this window; exit status 1 if a job was not done
rem                                  exactly once
rem Either may start first. A worker that is closed in the middle of a job loses that job and no other.
setlocal
call "%~dp0find.bat"
if errorlevel 1 exit /b 2
if /i "%~1"=="work" goto work
if /i "%~1"=="give" goto give
if /i "%~1"=="/jobs" goto jobs
if /i "%~1"=="/test" goto test
echo Usage: queue.bat work  in some windows, queue.bat give [FOLDER]  in one more. 1>&2
exit /b 2

rem --take gets a message that no other reader gets. "for /f" runs its body when the command has ended,
rem so each turn takes one job. --to oem is the code page in which "for /f" reads, unless chcp has
rem changed it.
rem The job, here: find out how large a file is. The results go back through a second mapping, into
rem which all workers write. A writer waits until its text was shown, so none overwrites another's.
:work
set "job="
for /f "delims=" %%j in ('reader --name queue --take --timeout 600 --to oem') do set "job=%%j"
if not defined job exit /b 1
if "%job%"==":end" exit /b 0
for %%f in ("%job%") do set "result=%%~nxf: %%~zf bytes"
writer --name queue.done --quiet --timeout 60 --env result
goto work

rem The jobs go out in the background while this window shows the results, one for each. Then no worker
rem is busy any more, and :end, which is no file's name, is given to each until nobody takes it.
:give
set "folder=%~f2"
if "%~2"=="" set "folder=%CD%"
call :start
if errorlevel 1 exit /b 1
reader --name queue.done --follow --count %count% --timeout 60 --quiet
set "status=%errorlevel%"
:end
writer --name queue --quiet --timeout 2 :end 2>nul
if %errorlevel%==0 goto end
if not %status%==0 echo Not every job was done. 1>&2
exit /b %status%

:start
set "count=0"
for /f "delims=" %%f in ('dir /b /s /a-d "%folder%" 2^>nul') do set /a count+=1 >nul
if %count%==0 echo There is no file in "%folder%". 1>&2
if %count%==0 exit /b 1
start "" /b cmd /c call "%~f0" /jobs
exit /b 0

rem Each line is a job. It waits in the mapping until a worker has taken it.
:jobs
dir /b /s /a-d "%folder%"| writer --name queue --size 4K --quiet --timeout 60
exit /b %errorlevel%

rem A name gets an x each time that its job is done.
:test
set "folder=%~dp0."
for /l %%i in (1,1,3) do start "" /b cmd /c call "%~f0" work
call :start
setlocal enabledelayedexpansion
for /f "delims=:" %%r in ('reader --name queue.done --follow --count %count% --timeout 60 --quiet --to oem') do (
    set "done.%%r=!done.%%r!x"
    echo %%r
)
set "failed="
for /f "delims=" %%f in ('dir /b /a-d "%folder%"') do call :check "%%f"
for /l %%i in (1,1,3) do (
    writer --name queue --quiet --timeout 60 :end
    if not !errorlevel!==0 set "failed=yes"
)
if defined failed echo Not every job was done once.& exit /b 1
echo Each of %count% jobs was done once.
exit /b 0

:check
if not "!done.%~1!"=="x" set "failed=yes"
exit /b 0
