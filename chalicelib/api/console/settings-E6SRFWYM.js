import{Xa as t,Za as e}from"./chunk-YFHVTJRJ.js";function f(){return t(e,{title:"Settings",children:"\u2026"})}export{f as default};
