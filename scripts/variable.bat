@echo off
rem A variable that batch files share, in any windows of the same user:
rem     variable.bat set VALUE     sets it; the first time it makes it
rem     variable.bat get           prints it; exit status 1 if there is none
rem     variable.bat release       removes it
rem     variable.bat /test         all of these; exit status 1 if one went wrong
setlocal
call "%~dp0find.bat"
if errorlevel 1 exit /b 2
if /i "%~1"=="set" goto set
if /i "%~1"=="get" goto get
if /i "%~1"=="release" goto release
if /i "%~1"=="/test" goto test
echo Usage: variable.bat set VALUE, variable.bat get, or variable.bat release 1>&2
exit /b 2

rem A mapping lives as long as a program has it open. So the first "set" starts a writer that does
rem nothing but keep it, without an end of its own and without a console ("start /b" and <nul), and
rem waits until the value is there. It ends with this window, if not before by "release".
rem Later ones overwrite the value. --no-wait: they need no reader, the newest value counts.
:set
set "value=%~2"
reader --name variable --peek --once >nul 2>nul
if %errorlevel%==0 goto overwrite
start "" /b writer --name variable --keep --quiet --env value <nul >nul 2>nul
reader --name variable --peek --wait --timeout 60 >nul
exit /b %errorlevel%
:overwrite
writer --name variable --no-wait --quiet --env value
exit /b %errorlevel%

rem --peek: looking changes nothing.
:get
reader --name variable --peek --once 2>nul
exit /b %errorlevel%

rem It returns when the writer that kept the variable has ended.
:release
writer --name variable --release --quiet
exit /b %errorlevel%

rem And so it becomes a variable of this file. --to oem is the code page in which "for /f" reads, unless
rem chcp has changed it.
:test
call "%~f0" set idle
call :check "idle"
call "%~f0" set "busy & waiting"
call :check "busy & waiting"
call "%~f0" release
if not %errorlevel%==0 set "failed=yes"
call "%~f0" get
if not %errorlevel%==1 set "failed=yes"
if defined failed echo It went wrong.& exit /b 1
exit /b 0

:check
set "found="
for /f "delims=" %%v in ('reader --name variable --peek --once --to oem') do set "found=%%v"
set found
if not "%found%"=="%~1" set "failed=yes"
exit /b 0
