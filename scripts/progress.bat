@echo off
rem Publishes how far a batch file has come; another window follows it:
rem     progress.bat            works, and opens a second window that follows
rem     progress.bat /test      the same in this window, and in a hurry
setlocal
call "%~dp0find.bat"
if errorlevel 1 exit /b 2
if /i "%~1"=="/follow" goto follow

set "where=" & if /i "%~1"=="/test" set "where=/b"
start "Progress" %where% cmd /c call "%~f0" /follow %1
if not defined where echo Working; the other window shows how far.

set "bar="
set "patience=60"
for /l %%i in (1,1,5) do call :step %%i %1
if %patience%==0 echo All steps are done, but nobody has followed them to the end.& exit /b 1
echo All steps are done.
exit /b 0

rem :step NUMBER  does a piece of the work (here: nothing for a second) and tells how far it has come.
rem --until-read makes the writer return when a reader has shown it, so that none is skipped. Work that
rem should not wait for its audience says "--timeout 0" instead: the text then stays for as long as
rem somebody follows.
:step
if /i not "%~2"=="/test" ping -n 2 127.0.0.1 >nul
set "bar=%bar%##"
writer --name progress --until-read --quiet --timeout %patience% "%1 of 5 [%bar%]"
if not %errorlevel%==0 set "patience=0"
exit /b 0

rem The window that follows: it ends when it has seen all five.
:follow
reader --name progress --follow --count 5 --quiet --timeout 60
if /i not "%~2"=="/test" ping -n 4 127.0.0.1 >nul
exit /b 0
