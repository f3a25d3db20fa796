@echo off
rem Opens writer and reader in two windows, or in two panes of Windows Terminal if that is there:
rem     demo.bat [OPTION]...
rem Options go to both programs, such as --name Other. Builds them first if need be.
if "%~1"=="/window" goto window
setlocal
call "%~dp0find.bat"
if errorlevel 1 exit /b 2

echo Type a line in the writer's window; press a key in the reader's to see it there.
echo Ctrl+C ends each.

wt new-tab --title writer "%programs%\writer.exe" %* ; split-pane --title reader "%programs%\reader.exe" %* 2>nul
if %errorlevel%==0 exit /b 0

set options=%*
start "writer" cmd /c call "%~f0" /window writer
start "reader" cmd /c call "%~f0" /window reader
exit /b 0

rem In the new window, which stays open if the program failed, to show why.
:window
"%programs%\%2" %options%
if not %errorlevel%==0 pause
exit /b 0
