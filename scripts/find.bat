@echo off
rem Puts writer.exe and reader.exe on the caller's PATH, for this window or up to its endlocal:
rem     call "%~dp0find.bat"
rem     if errorlevel 1 exit /b 2
rem They lie beside this file or one folder up (a release as it was unzipped) or in the build folder;
rem if they are nowhere but their sources are here, they are built. %programs% is their folder.

call :look
if defined programs goto found
if not exist "%~dp0..\Makefile" goto nowhere
call "%~dp0setup.bat"
if errorlevel 1 exit /b 1
echo Building writer.exe and reader.exe...
pushd "%~dp0.."
mingw32-make
popd
call :look
if defined programs goto found
:nowhere
echo There is no writer.exe and reader.exe in "%~dp0", in the folder above or in its build folder. 1>&2
exit /b 1

:found
set "PATH=%programs%;%PATH%"
exit /b 0

rem Sets programs to the first folder that has both. A 32-bit Windows cannot run the 64-bit ones.
:look
set "programs="
set "builds=x86_64 i686"
if "%PROCESSOR_ARCHITECTURE%%PROCESSOR_ARCHITEW6432%"=="x86" set "builds=i686"
call :try "%~dp0."
call :try "%~dp0.."
for %%a in (%builds%) do call :try "%~dp0..\build\%%a"
set "builds="
exit /b 0

:try
if defined programs exit /b 0
if exist "%~f1\writer.exe" if exist "%~f1\reader.exe" set "programs=%~f1"
exit /b 0
