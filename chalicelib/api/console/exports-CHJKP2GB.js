import{pb as t,rb as o}from"./chunk-VXE7IGT4.js";function r(){return t(o,{title:"Exports",children:"\u2026"})}export{r as default};
