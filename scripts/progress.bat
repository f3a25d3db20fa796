@echo off
rem Publishes how far a batch file has come; another window follows it:
rem     progress.bat            works, and opens a second window that follows
rem     progress.bat /test      the same in this window, and in a hurry
rem Exit status: 0 if every step was shown, 1 if not.
setlocal
call "%~dp0find.bat"
if errorlevel 1 exit /b 2
if /i "%~1"=="/follow" goto follow

set "where=" & if /i "%~1"=="/test" set "where=/b"
start "Progress" %where% cmd /c call "%~f0" /follow %1
if not defined where echo Working; the other window shows how far.

set "bar="
set "wait=--timeout 60"
for /l %%i in (1,1,5) do call :step %%i %1
if not "%wait%"=="--no-wait" echo All steps are done.& exit /b 0
echo All steps are done, but nobody has followed them to the end.
exit /b 1

rem :step NUMBER  does a piece of the work (here: nothing for a second) and tells how far it has come.
rem The writer returns when a reader has shown the text, so no step is lost. Work that must not wait
rem for its audience says --no-wait: a follower then shows the newest step and counts what it missed.
rem So does this file once nobody has followed for a minute.
:step
if /i not "%~2"=="/test" ping -n 2 127.0.0.1 >nul
set "bar=%bar%##"
writer --name progress --quiet %wait% "%1 of 5 [%bar%]"
if errorlevel 1 set "wait=--no-wait"
exit /b 0

rem The window that follows: it ends when it has seen all five.
:follow
reader --name progress --follow --count 5 --quiet --timeout 60
if /i not "%~2"=="/test" ping -n 4 127.0.0.1 >nul
exit /b 0
