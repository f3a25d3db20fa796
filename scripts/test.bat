@echo off
rem Builds everything and runs the tests: test.bat
rem By "make test" where perl and its prove are there, else program by program.
rem Exit status: 0 only if everything passed.
setlocal
cd /d "%~dp0.."
call "%~dp0setup.bat"
if errorlevel 1 exit /b 2

perl -MApp::Prove -e 1 >nul 2>nul
if not %errorlevel%==0 goto one_by_one
mingw32-make test
exit /b %errorlevel%

:one_by_one
mingw32-make all tests
if not %errorlevel%==0 exit /b 2
set "passed=0"
set "failed="
for %%t in (build\%ARCH%\tests\t_*.exe) do call :run "%%t"
echo %passed% test programs passed.
if "%passed%%failed%"=="0" exit /b 1
if not defined failed exit /b 0
echo Failed:%failed%
exit /b 1

rem A crash has a negative status, which "if errorlevel 1" takes for success.
:run
echo %~n1
"%~1"
if %errorlevel%==0 (
    set /a passed+=1
) else (
    set "failed=%failed% %~n1"
)
exit /b 0
